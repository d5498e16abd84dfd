import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Playground, type PlaygroundOptions, startPlayground } from '../../src/playground/index.js';
import type { ControlRequests } from '../../src/playground/protocol.js';
import { Inbox } from './bolt-on-playground.js';
import { SlackPerson } from './slack-person.js';

export const TOKENS = { botToken: 'xoxb-bare', appToken: 'xapp-bare', signingSecret: 'a-secret-for-tests' };
export const NOON = Date.parse('2026-11-23T12:00:00Z');

export interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
  /** The event envelope, interaction payload or command. */
  payload: Record<string, any>;
}

export type Reply = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string } | 'never';
type ApiAnswer = { status: number; retryAfter: string | null } & Record<string, any>;

/** A playground and, as its app, nothing but a listening port: a test sees the very bytes and answers as it likes. */
export class BarePlayground {
  /** Goes forward only when a test says so. */
  now = NOON;
  readonly deliveries = new Inbox<Delivery>();
  private readonly people = new Map<string, SlackPerson>();
  private answer: (delivery: Delivery) => Reply = () => ({});
  playground!: Playground;

  private constructor(
    private readonly app: Server,
    private readonly options: Partial<PlaygroundOptions>,
  ) {}

  static async start(options: Partial<PlaygroundOptions> = {}): Promise<BarePlayground> {
    const app = createServer();
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    const bare = new BarePlayground(app, options);
    app.on('request', (request, response: ServerResponse) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        bare.receive({ headers: request.headers, body, payload: payloadOf(request.headers, body) }, response);
      });
    });
    await bare.open();
    return bare;
  }

  async open(): Promise<void> {
    this.playground = await startPlayground({
      environment: 'test',
      host: '127.0.0.1',
      port: 0,
      app: {
        ...TOKENS,
        commands: [{ command: '/try', usageHint: '', description: '' }],
        shortcuts: [{ callbackId: 'from_anywhere', name: 'From anywhere', type: 'global' }],
      },
      delivery: { mode: 'http', requestUrl: `http://127.0.0.1:${(this.app.address() as AddressInfo).port}/` },
      eventRetryDelaysMs: [0, 0, 0],
      clock: () => this.now,
      ...this.options,
    });
  }

  /** How the app answers from now on. */
  answers(answer: (delivery: Delivery) => Reply): void {
    this.answer = answer;
  }

  async call(method: string, args: Record<string, unknown> = {}, token: string = TOKENS.botToken): Promise<ApiAnswer> {
    const response = await fetch(`${this.playground.apiUrl}${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(args),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { ...body, status: response.status, retryAfter: response.headers.get('retry-after') };
  }

  /** The error of a call that must not succeed. */
  async refused(method: string, args: Record<string, unknown> = {}, token?: string): Promise<unknown> {
    return (await this.call(method, args, token)).error;
  }

  async control<Name extends keyof ControlRequests>(name: Name, input: ControlRequests[Name]): Promise<any> {
    const response = await fetch(`${this.playground.url}/control/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    return response.json();
  }

  person(id: string): SlackPerson {
    const known = this.people.get(id) ?? new SlackPerson(this.playground.url, id);
    this.people.set(id, known);
    return known;
  }

  /** A trigger id as the app gets it with a command. */
  async trigger(user = 'U0ADA0001'): Promise<string> {
    await this.person(user).must({ do: 'slash_command', channel: 'C0GENERAL', command: '/try', text: '' });
    const last = this.deliveries.all.filter((one) => one.payload.command === '/try').at(-1);
    return String(last?.payload.trigger_id);
  }

  events(type: string): Delivery[] {
    return this.deliveries.all.filter((one) => one.payload.event?.type === type);
  }

  async close(): Promise<void> {
    await Promise.all([...this.people.values()].map((person) => person.leave()));
    this.people.clear();
    await this.playground.stop();
  }

  async stop(): Promise<void> {
    await this.close();
    const closed = once(this.app, 'close');
    this.app.close();
    this.app.closeAllConnections();
    await closed;
  }

  private receive(delivery: Delivery, response: ServerResponse): void {
    this.deliveries.put(delivery);
    const reply = this.answer(delivery);
    if (reply === 'never') return;
    const { status = 200, headers = {}, json, text = '' } = reply;
    response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(json === undefined ? text : JSON.stringify(json));
  }
}

function payloadOf(headers: IncomingHttpHeaders, body: string): Record<string, unknown> {
  if (headers['content-type'] === 'application/json') return JSON.parse(body) as Record<string, unknown>;
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : (JSON.parse(payload) as Record<string, unknown>);
}
