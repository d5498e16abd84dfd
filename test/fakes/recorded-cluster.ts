import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One answer of a real API server, with what it answered to. */
export interface Exchange {
  readonly test: string;
  readonly asked: string;
  readonly status: number;
  readonly type: string;
  readonly answer: string;
  /** How often it was given in a row. */
  readonly times: number;
}

/**
 * A server that answers as a real API server did, from what was written down then: each question its answers in their order, the last one
 * again and again. With `real` it asks that server and writes down.
 */
export class RecordedCluster {
  test = '';
  readonly written: Exchange[] = [];
  private readonly left = new Map<string, Exchange[]>();
  private readonly served = new Map<Exchange, number>();

  private constructor(
    private readonly server: Server,
    private readonly real: string | null,
  ) {}

  static async start(exchanges: readonly Exchange[], real: string | null = null): Promise<RecordedCluster> {
    const server = createServer((request, response) => {
      void cluster.serve(request, response);
    });
    const cluster = new RecordedCluster(server, real);
    for (const exchange of exchanges) {
      const key = `${exchange.test}\n${exchange.asked}`;
      cluster.left.set(key, [...(cluster.left.get(key) ?? []), exchange]);
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cluster;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const asked = [request.headers.authorization ?? '', request.method ?? '', request.url ?? '', body].join(' ');
    const exchange = this.real === null ? this.recorded(asked) : await this.asked(this.real, request, body, asked);
    if (this.real !== null) this.write(exchange);
    response.writeHead(exchange.status, { 'content-type': exchange.type }).end(exchange.answer);
  }

  private recorded(asked: string): Exchange {
    const [exchange, ...more] = this.left.get(`${this.test}\n${asked}`) ?? [];
    if (exchange === undefined) {
      const answer = `Nobody asked the real server that in this test: ${asked}. See test/real/README.md for recording.`;
      return { test: this.test, asked, status: 599, type: 'text/plain', answer, times: 1 };
    }
    const served = (this.served.get(exchange) ?? 0) + 1;
    this.served.set(exchange, served);
    if (served >= exchange.times && more.length > 0) this.left.set(`${this.test}\n${asked}`, more);
    return exchange;
  }

  private asked(
    real: string,
    { method, url, headers }: IncomingMessage,
    body: string,
    asked: string,
  ): Promise<Exchange> {
    const { host: _host, connection: _connection, 'accept-encoding': _encoding, ...sent } = headers;
    return new Promise((resolve, reject) => {
      // Its certificate is its own; it is on this machine.
      const call = secureRequest(
        `${real}${url ?? ''}`,
        { method, headers: sent, rejectUnauthorized: false },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const { statusCode: status = 0, headers: said } = answer;
            resolve({ test: this.test, asked, status, type: said['content-type'] ?? '', answer: text, times: 1 });
          });
        },
      );
      call.on('error', reject).end(body);
    });
  }

  private write(exchange: Exchange): void {
    const index = this.written.findLastIndex(({ test, asked }) => test === exchange.test && asked === exchange.asked);
    const before = this.written[index];
    if (before?.answer === exchange.answer) this.written[index] = { ...before, times: before.times + 1 };
    else this.written.push(exchange);
  }
}
