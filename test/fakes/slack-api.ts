import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface ApiCall {
  readonly method: string;
  readonly args: Record<string, any>;
}

type Answer = Record<string, unknown> & { ok: boolean };
/** `after`: the call is carried out first, then the answer is lost: what a time-out looks like from the other side. */
export type Fault = { channel?: keyof typeof CHANNELS } & (
  | { kind: 'error'; error: string }
  | { kind: 'ratelimited'; seconds: number }
  | { kind: 'status'; status: number; after?: boolean }
);

const DOWN: Fault = { kind: 'status', status: 503 };

interface Message {
  channel: string;
  ts: string;
  text: string;
  blocks?: unknown[];
  metadata?: unknown;
  thread_ts?: string;
  deleted?: boolean;
}

const CHANNELS = {
  general: 'C0GENERAL',
  'team-payments': 'C0PAYMENTS',
  approvals: 'C0APPROVALS',
  audit: 'C0AUDIT',
  incidents: 'C0INCIDENTS',
};
const PEOPLE = ['ada', 'ben', 'lea', 'sam', 'oli', 'pia'];

/** The few methods the flusher needs, over real HTTP, with faults that the playground can't play: answers lost after the deed. */
export class SlackApi {
  readonly calls: ApiCall[] = [];
  readonly messages: Message[] = [];
  readonly homes = new Map<string, unknown>();
  /** Of a message, by its ts. */
  readonly reactions = new Map<string, { name: string; users: string[] }[]>();
  /** While it is, no call is carried out. */
  isDown = false;
  private readonly faults = new Map<string, Fault[]>();
  private count = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<SlackApi> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The system gave no port.');
    const api = new SlackApi(server, `http://127.0.0.1:${address.port}/api/`);
    server.on('request', (request, response) => void api.answer(request, response));
    return api;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** The next calls of the method meet these, one each; one that names a channel waits for a call about that channel. */
  failNext(method: string, ...faults: Fault[]): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), ...faults]);
  }

  of(method: string): ApiCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  in(channel: keyof typeof CHANNELS): Message[] {
    return this.messages.filter((message) => message.channel === CHANNELS[channel] && message.deleted !== true);
  }

  private nextFault(method: string, args: Record<string, unknown>): Fault | undefined {
    const faults = this.faults.get(method) ?? [];
    const at = faults.findIndex((fault) => fault.channel === undefined || CHANNELS[fault.channel] === args.channel);
    return at === -1 ? undefined : faults.splice(at, 1)[0];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? '').replace('/api/', '');
    const args = await argsOf(request);
    this.calls.push({ method, args });
    const fault = this.isDown ? DOWN : this.nextFault(method, args);
    if (fault?.kind === 'ratelimited') {
      response.writeHead(429, { 'retry-after': String(fault.seconds) });
      response.end('{"ok":false,"error":"ratelimited"}');
      return;
    }
    if (fault?.kind === 'status') {
      if (fault.after === true) this.carryOut(method, args);
      response.writeHead(fault.status);
      response.end('down');
      return;
    }
    const body = fault?.kind === 'error' ? { ok: false, error: fault.error } : this.carryOut(method, args);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  private carryOut(method: string, args: Record<string, any>): Answer {
    switch (method) {
      case 'auth.test':
        return { ok: true, team_id: 'T0HOME', user_id: 'U0BOT', bot_id: 'B0BOT' };
      case 'conversations.list':
        return { ok: true, channels: Object.entries(CHANNELS).map(([name, id]) => ({ id, name })) };
      case 'conversations.open':
        return { ok: true, channel: { id: `D${String(args.users).slice(1)}0000` } };
      case 'users.info':
        return this.user((name) => `U0${name.toUpperCase()}` === args.user);
      case 'users.lookupByEmail':
        return this.user((name) => `${name}@quartermaster.test` === args.email);
      case 'chat.postMessage': {
        this.count += 1;
        const message = {
          ...args,
          channel: String(args.channel),
          text: String(args.text),
          ts: `1700000000.${String(this.count).padStart(6, '0')}`,
        };
        this.messages.push(message);
        return { ok: true, channel: message.channel, ts: message.ts };
      }
      case 'chat.update': {
        const message = this.messages.find(
          (one) => one.channel === args.channel && one.ts === args.ts && one.deleted !== true,
        );
        if (message === undefined) return { ok: false, error: 'message_not_found' };
        Object.assign(message, args);
        return { ok: true, channel: message.channel, ts: message.ts };
      }
      case 'conversations.history':
        return {
          ok: true,
          messages: this.messages.filter((one) => one.channel === args.channel && one.deleted !== true).reverse(),
        };
      case 'reactions.get':
        return { ok: true, message: { reactions: this.reactions.get(String(args.timestamp)) ?? [] } };
      case 'views.publish':
        this.homes.set(String(args.user_id), args.view);
        return { ok: true, view: { id: 'V1' } };
      default:
        return { ok: true };
    }
  }

  private user(is: (name: string) => boolean): Answer {
    const name = PEOPLE.find(is);
    if (name === undefined) return { ok: false, error: 'users_not_found' };
    return {
      ok: true,
      user: {
        id: `U0${name.toUpperCase()}`,
        team_id: 'T0HOME',
        name,
        profile: { email: `${name}@quartermaster.test` },
      },
    };
  }
}

async function argsOf(request: IncomingMessage): Promise<Record<string, any>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if ((request.headers['content-type'] ?? '').includes('json')) return JSON.parse(text) as Record<string, any>;
  return Object.fromEntries([...new URLSearchParams(text)].map(([key, value]) => [key, revived(value)]));
}

function revived(value: string): unknown {
  try {
    return /^[[{]|^(true|false)$/.test(value) ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}
