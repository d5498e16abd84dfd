import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BACKEND = '/usr/lib/git-core/git-http-backend';

/** Git's own smart HTTP server (`git http-backend`, a CGI program) over a folder of bare repositories, with HTTP Basic. */
export class GitHttpServer {
  readonly seen: { path: string; authorization: string | undefined }[] = [];
  /** Answers everything with a redirect there. */
  redirectTo: string | null = null;

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    private readonly login: string,
  ) {}

  static async start(folder: string, username: string, password: string): Promise<GitHttpServer> {
    const server = createServer();
    const login = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const git = new GitHttpServer(server, folder, login);
    server.on('request', (request, response) => {
      git.handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return git;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://git');
    this.seen.push({ path: url.pathname, authorization: request.headers.authorization });
    if (this.redirectTo !== null) {
      response.writeHead(302, { location: `${this.redirectTo}${url.pathname}${url.search}` }).end();
      return;
    }
    if (request.headers.authorization !== this.login) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const child = spawn(BACKEND, [], {
      env: {
        PATH: '/usr/bin:/bin',
        GIT_PROJECT_ROOT: this.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_COUNT: '2',
        GIT_CONFIG_KEY_0: 'http.receivepack',
        GIT_CONFIG_VALUE_0: 'true',
        GIT_CONFIG_KEY_1: 'safe.directory',
        GIT_CONFIG_VALUE_1: '*',
        REQUEST_METHOD: request.method ?? 'GET',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        HTTP_GIT_PROTOCOL: request.headers['git-protocol']?.toString() ?? '',
        ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: request.headers['content-length'] }),
        REMOTE_USER: 'tester',
      },
    });
    request.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdout.on('end', () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf('\r\n\r\n');
      const headers = answer
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => line.split(/:\s*/, 2));
      const status = headers.find(([name]) => name?.toLowerCase() === 'status')?.[1];
      for (const [name = '', value = ''] of headers)
        if (name.toLowerCase() !== 'status') response.setHeader(name, value);
      response.writeHead(status === undefined ? 200 : Number.parseInt(status, 10)).end(answer.subarray(end + 4));
    });
  }
}
