import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (url: URL, response: ServerResponse) => void;

/** A server of another team: answers what it is told to, and remembers what it was asked. */
export class ToldServer {
  readonly asked: string[] = [];
  private answer: Answer = (_url, response) => response.writeHead(404).end();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ToldServer> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://told');
      told.asked.push(`${url.pathname}${url.search}`);
      told.answer(url, response);
    });
    const told = new ToldServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return told;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  tell(answer: Answer): void {
    this.answer = answer;
  }

  tellJson(value: unknown): void {
    this.tell((_url, response) => response.end(JSON.stringify(value)));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
