import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Input {
  readonly environment?: string;
  readonly parameters?: { readonly name?: string };
}

/** What test/fixtures/opa/names.rego says, decision by decision; undefined is left out. */
const DECISIONS: Readonly<Record<string, (input: Input) => unknown>> = {
  deny: ({ environment, parameters: { name = '' } = {} }) => [
    ...(environment === 'production' && name.startsWith('dev_') ? ['Names in production do not begin with dev_.'] : []),
    ...(['test', 'tmp', 'foo'].includes(name) ? [`“${name}” says nothing about what it is for.`] : []),
  ],
  short: ({ parameters: { name = '' } = {} }) => name.length < 3,
  odd: ({ parameters: { name } = {} }) => (name === 'odd' ? true : undefined),
  strange: ({ parameters: { name } = {} }) => ({ name }),
};

/**
 * OPA's server as far as its data API goes, answering as OPA 1.22 does (docs: "REST API", Data API): 200 with a result, or with none for
 * an undefined decision; 400 for an input that is no JSON; 401 without the token it wants.
 */
export class FakeOpaServer {
  /** Bodies that came, as they were. */
  readonly asked: string[] = [];
  /** Answers nothing any more, as a server that hangs. */
  hangs = false;
  /** Answers with this instead. */
  instead: { status: number; body: string } | null = null;

  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly token: string | null,
  ) {}

  static async start(token: string | null = null): Promise<FakeOpaServer> {
    const server = createServer();
    await new Promise<void>((started) => server.listen(0, '127.0.0.1', started));
    const { port } = server.address() as AddressInfo;
    const fake = new FakeOpaServer(`http://127.0.0.1:${port}`, server, token);
    server.on('request', (request, response) => {
      fake.take(request, response).catch(() => response.destroy());
    });
    return fake;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    this.asked.push(body);
    if (this.hangs) return;
    const { status, body: answer } = this.instead ?? this.answer(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  }

  private answer({ method, url = '', headers }: IncomingMessage, body: string): { status: number; body: string } {
    const say = (status: number, value: object) => ({ status, body: `${JSON.stringify(value)}\n` });
    if (this.token !== null && headers.authorization !== `Bearer ${this.token}`)
      return say(401, { code: 'unauthorized', message: 'request rejected by administrative policy' });
    const [, path] = /^\/v1\/data\/(.*)$/.exec(url) ?? [];
    if (method !== 'POST' || path === undefined) return { status: 404, body: '404 page not found\n' };
    const parsed = jsonIn(body);
    if (parsed === null)
      return say(400, { code: 'invalid_parameter', message: 'body contains malformed input document' });
    const [, name = ''] = /^quartermaster\/names\/(\w+)$/.exec(path) ?? [];
    const decision = Object.hasOwn(DECISIONS, name) ? DECISIONS[name] : undefined;
    const warning = { code: 'api_usage_warning', message: "'input' key missing from the request" };
    const result = decision?.(parsed.input ?? {});
    return say(200, { ...(result !== undefined && { result }), ...(parsed.input === undefined && { warning }) });
  }
}

function jsonIn(body: string): { input?: Input } | null {
  try {
    return JSON.parse(body) as { input?: Input };
  } catch {
    return null;
  }
}
