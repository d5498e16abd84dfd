import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  headers: IncomingHttpHeaders;
  raw: string;
  /** The JSON of an event, the `payload` of an interaction, or the fields of a command. */
  body: Record<string, any>;
}

export interface AppReply {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
  /** Never answer. */
  silent?: boolean;
}

/** An app that writes down what it is sent and answers what a test says. No SDK: what arrives on the wire is what is looked at. */
export class RecordingApp {
  readonly deliveries: Delivery[] = [];
  /** What to answer; the default acknowledges. */
  reply: (delivery: Delivery) => AppReply = () => ({});
  private readonly watchers = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RecordingApp> {
    const server = createServer();
    const app = new RecordingApp(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const delivery = { headers: request.headers, raw, body: bodyOf(raw, request.headers) };
        app.deliveries.push(delivery);
        for (const watcher of [...app.watchers]) watcher();
        const reply = app.reply(delivery);
        if (reply.silent === true) return;
        response.writeHead(reply.status ?? 200, {
          ...(reply.json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...reply.headers,
        });
        response.end(reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/slack/events`;
  }

  /** The first delivery that fits, now or as soon as it comes. */
  async next(fits: (delivery: Delivery) => boolean): Promise<Delivery> {
    for (;;) {
      const found = this.deliveries.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.watchers.delete(watcher);
          resolve();
        };
        this.watchers.add(watcher);
      });
    }
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

function bodyOf(raw: string, headers: IncomingHttpHeaders): Record<string, any> {
  if (headers['content-type'] === 'application/json') return JSON.parse(raw) as Record<string, any>;
  const form = new URLSearchParams(raw);
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : (JSON.parse(payload) as Record<string, any>);
}
