import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Version {
  data: Record<string, string> | null;
  deletionTime: string;
}

interface Token {
  expiresAt: number;
  endsAt: number;
  renewable: boolean;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface SeenRequest {
  method: string;
  path: string;
  token: string | undefined;
  namespace: string | undefined;
}

const NOT_FOUND: Answer = { status: 404, body: { errors: [] } };
const DENIED: Answer = { status: 403, body: { errors: ['permission denied'] } };

/**
 * Vault's HTTP API as documented, as far as the product uses it: KV v2 with check-and-set and soft deletion under `secret/`, AppRole,
 * token renewal and lookup, response wrapping, health and seal. Time is told to it (`advance`). Real TCP, real HTTP.
 */
export class VaultServer {
  readonly requests: SeenRequest[] = [];
  readonly rootToken = `hvs.${randomBytes(18).toString('hex')}`;
  readonly roleId = randomBytes(8).toString('hex');
  readonly secretId = randomBytes(8).toString('hex');
  /** Of tokens that AppRole gives out. */
  tokenTtlSeconds = 3600;
  tokenMaxTtlSeconds = 32 * 24 * 3600;
  sealed = false;
  initialized = true;
  standby = false;
  /** Takes requests and never answers them. */
  hangs = false;
  /** Answers every request with a redirect there. */
  redirectTo: string | null = null;
  /** Answers the next requests with these, before anything else. */
  readonly nextAnswers: Answer[] = [];
  /** Runs once, after a KV write arrived and before it is looked at: a rival's chance. */
  beforeNextWrite: (() => void) | null = null;

  readonly policies = new Map<string, string>();

  private now = 0;
  /** The custom metadata of paths. */
  private readonly notes = new Map<string, unknown>();
  private readonly secrets = new Map<string, Version[]>();
  private readonly tokens = new Map<string, Token>();
  private readonly cubbyholes = new Map<string, { body: unknown; expiresAt: number }>();

  private constructor(private readonly server: Server) {
    this.tokens.set(this.rootToken, { expiresAt: Infinity, endsAt: Infinity, renewable: false });
  }

  static async start(): Promise<VaultServer> {
    const server = createServer();
    const vault = new VaultServer(server);
    server.on('request', (request, response) => void vault.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return vault;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  advance(seconds: number): void {
    this.now += seconds;
  }

  revokeAll(): void {
    for (const token of this.tokens.keys()) if (token !== this.rootToken) this.tokens.delete(token);
  }

  /** A periodic token, as an operator would make one. */
  issueToken(ttlSeconds: number, renewable: boolean): string {
    const token = `hvs.${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, { expiresAt: this.now + ttlSeconds, endsAt: this.now + this.tokenMaxTtlSeconds, renewable });
    return token;
  }

  isAlive(token: string): boolean {
    return (this.tokens.get(token)?.expiresAt ?? -1) > this.now;
  }

  versionsOf(path: string): (Record<string, string> | null)[] {
    return (this.secrets.get(path) ?? []).map(({ data }) => data);
  }

  write(path: string, data: Record<string, string>): number {
    const versions = this.secrets.get(path) ?? [];
    this.secrets.set(path, [...versions, { data, deletionTime: '' }]);
    return versions.length + 1;
  }

  softDelete(path: string): void {
    const last = this.secrets.get(path)?.at(-1);
    if (last !== undefined) Object.assign(last, { data: null, deletionTime: '2026-11-23T00:00:00Z' });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vault');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const header = (name: string): string | undefined => request.headers[name]?.toString();
    const token = header('x-vault-token');
    const seen = { method: request.method ?? '', path: url.pathname, token, namespace: header('x-vault-namespace') };
    this.requests.push(seen);
    if (this.hangs) return;
    const text = Buffer.concat(chunks).toString('utf8');
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const answer = this.wrapped(this.answer(seen, url, body), header('x-vault-wrap-ttl'));
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  }

  private answer(request: SeenRequest, url: URL, body: Record<string, unknown>): Answer {
    if (this.redirectTo !== null)
      return { status: 307, headers: { location: `${this.redirectTo}${url.pathname}${url.search}` } };
    const queued = this.nextAnswers.shift();
    if (queued !== undefined) return queued;
    const path = url.pathname.replace(/^\/v1\//, '');
    if (path === 'sys/health') return this.health(url);
    if (this.sealed) return { status: 503, body: { errors: ['Vault is sealed'] } };
    if (path === 'auth/approle/login') return this.logIn(body);
    if (path === 'sys/wrapping/unwrap') return this.unwrap(request.token ?? '');
    if (!this.isAlive(request.token ?? '')) return DENIED;
    if (path === 'auth/token/renew-self') return this.renew(request.token ?? '');
    if (path === 'auth/token/lookup-self') return { status: 200, body: { data: {} } };
    const policy = /^sys\/policies\/acl\/([\w-]+)$/.exec(path)?.[1];
    if (policy !== undefined) return this.policy(request.method, policy, body);
    const kv = /^secret\/(data|metadata)\/(.+)$/.exec(path);
    if (kv?.[2] === undefined) return NOT_FOUND;
    if (kv[1] === 'metadata') return this.metadata(request.method, kv[2], body);
    return request.method === 'GET' ? this.read(kv[2], url) : this.put(kv[2], body);
  }

  private health(url: URL): Answer {
    const code = (name: string, usual: number): number => Number(url.searchParams.get(name) ?? usual);
    const state = { initialized: this.initialized, sealed: this.sealed, standby: this.standby };
    if (!this.initialized) return { status: code('uninitcode', 501), body: state };
    if (this.sealed) return { status: code('sealedcode', 503), body: state };
    if (this.standby && url.searchParams.get('standbyok') !== 'true') return { status: 429, body: state };
    return { status: 200, body: state };
  }

  private logIn(body: Record<string, unknown>): Answer {
    if (body.role_id !== this.roleId || body.secret_id !== this.secretId)
      return { status: 400, body: { errors: ['invalid role or secret ID'] } };
    const token = this.issueToken(this.tokenTtlSeconds, true);
    return { status: 200, body: this.authOf(token) };
  }

  private renew(name: string): Answer {
    const token = this.tokens.get(name);
    if (token?.renewable !== true) return { status: 400, body: { errors: ['lease is not renewable'] } };
    token.expiresAt = Math.min(this.now + this.tokenTtlSeconds, token.endsAt);
    return { status: 200, body: this.authOf(name) };
  }

  private authOf(name: string): unknown {
    const token = this.tokens.get(name);
    const lease = (token?.expiresAt ?? this.now) - this.now;
    return { auth: { client_token: name, lease_duration: lease, renewable: token?.renewable ?? false } };
  }

  private read(path: string, url: URL): Answer {
    const versions = this.secrets.get(path);
    if (versions === undefined) return NOT_FOUND;
    const number = Number(url.searchParams.get('version') ?? versions.length);
    const version = versions[number - 1];
    if (version === undefined) return NOT_FOUND;
    const metadata = { version: number, deletion_time: version.deletionTime, destroyed: false };
    return { status: version.data === null ? 404 : 200, body: { data: { data: version.data, metadata } } };
  }

  private put(path: string, body: Record<string, unknown>): Answer {
    const rival = this.beforeNextWrite;
    this.beforeNextWrite = null;
    rival?.();
    const { data, options } = body as { data: Record<string, string>; options?: { cas?: number } };
    if (options?.cas !== undefined && options.cas !== (this.secrets.get(path)?.length ?? 0))
      return { status: 400, body: { errors: ['check-and-set parameter did not match the current version'] } };
    return { status: 200, body: { data: { version: this.write(path, data) } } };
  }

  private metadata(method: string, path: string, body: Record<string, unknown>): Answer {
    if (method === 'DELETE') {
      this.secrets.delete(path);
      this.notes.delete(path);
      return { status: 204 };
    }
    if (method === 'POST') {
      this.notes.set(path, body.custom_metadata);
      return { status: 204 };
    }
    const versions = this.secrets.get(path);
    if (versions === undefined && !this.notes.has(path)) return NOT_FOUND;
    const data = { custom_metadata: this.notes.get(path) ?? null, current_version: versions?.length ?? 0 };
    return { status: 200, body: { data } };
  }

  private policy(method: string, name: string, body: Record<string, unknown>): Answer {
    if (method === 'PUT' || method === 'POST') this.policies.set(name, String(body.policy));
    if (method === 'DELETE') this.policies.delete(name);
    if (method !== 'GET') return { status: 204 };
    const policy = this.policies.get(name);
    return policy === undefined ? NOT_FOUND : { status: 200, body: { data: { name, policy } } };
  }

  private wrapped(answer: Answer, ttl: string | undefined): Answer {
    if (ttl === undefined || answer.status !== 200) return answer;
    const token = `hvs.wrap${randomBytes(16).toString('hex')}`;
    this.cubbyholes.set(token, { body: answer.body, expiresAt: this.now + Number.parseInt(ttl, 10) });
    return { status: 200, body: { wrap_info: { token, ttl: Number.parseInt(ttl, 10) } } };
  }

  private unwrap(token: string): Answer {
    const kept = this.cubbyholes.get(token);
    this.cubbyholes.delete(token);
    if (kept === undefined || kept.expiresAt <= this.now)
      return { status: 400, body: { errors: ['wrapping token is not valid or does not exist'] } };
    return { status: 200, body: kept.body };
  }
}
