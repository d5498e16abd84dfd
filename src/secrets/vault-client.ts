import nodeVault from 'node-vault';
import { z } from 'zod';
import { SecretStoreUnavailable } from './secret-store.js';

export type VaultCredentials =
  | { method: 'token'; token: string }
  | { method: 'approle'; roleId: string; secretId: string };

export interface VaultClientOptions {
  address: string;
  namespace?: string;
  login: VaultCredentials;
  timeoutMilliseconds?: number;
}

/** What Vault said, without what we said: no token, no body, no headers. */
export class VaultRefused extends Error {
  constructor(
    readonly status: number,
    readonly reasons: readonly string[],
  ) {
    super(`Vault answered ${status}`);
    this.name = 'VaultRefused';
  }
}

const loginAnswer = z.object({
  auth: z.object({ client_token: z.string(), lease_duration: z.number(), renewable: z.boolean() }),
});
const MAXIMUM_RENEWAL_DELAY_SECONDS = 6 * 3600;
const RETRY_RENEWAL_SECONDS = 30;

type Client = ReturnType<typeof nodeVault>;

/** node-vault behind time-outs, without redirects, with a renewal that survives failures, and errors that hold no secret. */
export class VaultClient {
  private client: Client;
  private loggingIn: Promise<void> | null = null;
  private renewal: NodeJS.Timeout | undefined;

  constructor(private readonly options: VaultClientOptions) {
    this.client = nodeVault({
      apiVersion: 'v1',
      endpoint: options.address,
      // An empty token keeps the library from taking one out of the environment.
      token: options.login.method === 'token' ? options.login.token : '',
      ...(options.namespace !== undefined && { namespace: options.namespace }),
      // The library's own debug output prints payloads, and its transport follows redirects with the token: neither is used.
      debug: () => undefined,
      'request-promise': { defaults: () => transportWith(options.timeoutMilliseconds ?? 5_000) },
    });
  }

  /** One call. A 403 leads to one new AppRole login and one more try. */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    if (this.client.token === '') await this.logIn();
    try {
      return await this.once(method, path, body, headers);
    } catch (error) {
      if (!(error instanceof VaultRefused) || error.status !== 403 || this.options.login.method !== 'approle')
        throw error;
      await this.logIn();
      return this.once(method, path, body, headers);
    }
  }

  close(): void {
    clearTimeout(this.renewal);
  }

  private logIn(): Promise<void> {
    this.loggingIn ??= this.freshLogin().finally(() => {
      this.loggingIn = null;
    });
    return this.loggingIn;
  }

  private async freshLogin(): Promise<void> {
    const { login } = this.options;
    if (login.method !== 'approle') return;
    this.client.token = '';
    const { auth } = loginAnswer.parse(
      await this.once('POST', '/auth/approle/login', { role_id: login.roleId, secret_id: login.secretId }),
    );
    this.client.token = auth.client_token;
    if (auth.renewable && auth.lease_duration > 0) this.renewIn(auth.lease_duration * 0.7);
  }

  /** The delay is capped: beyond 24.8 days a timer fires at once and loops. */
  private renewIn(seconds: number): void {
    clearTimeout(this.renewal);
    this.renewal = setTimeout(() => void this.renew(), Math.min(seconds, MAXIMUM_RENEWAL_DELAY_SECONDS) * 1000);
    this.renewal.unref();
  }

  private async renew(): Promise<void> {
    try {
      const { auth } = loginAnswer.parse(await this.once('POST', '/auth/token/renew-self', {}));
      this.renewIn(auth.lease_duration * 0.7);
    } catch (error) {
      // Not renewable any more: the next 403 logs in again. Anything else is tried again soon.
      if (!(error instanceof VaultRefused)) this.renewIn(RETRY_RENEWAL_SECONDS);
    }
  }

  private async once(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    try {
      return (await this.client.request({
        method,
        path,
        ...(body !== undefined && { json: body }),
        headers: { ...headers },
      })) as unknown;
    } catch (error) {
      throw cleaned(error);
    }
  }
}

interface TransportRequest {
  method: string;
  uri: string;
  headers: Record<string, string>;
  json?: unknown;
}

/** The library's transport, on `fetch`: a time-out on every call, redirects refused. */
function transportWith(timeoutMilliseconds: number) {
  return async ({
    method,
    uri,
    headers,
    json,
  }: TransportRequest): Promise<{ statusCode: number; body: unknown; request: { path: string } }> => {
    const answer = await fetch(uri, {
      method,
      headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await answer.text();
    return { statusCode: answer.status, body: parsedOr(text), request: { path: new URL(uri).pathname } };
  };
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const refusal = z.object({ response: z.object({ statusCode: z.number(), body: z.unknown() }) });

function cleaned(error: unknown): Error {
  const parsed = refusal.safeParse(error);
  if (parsed.success) {
    const reasons = z.object({ errors: z.array(z.string()) }).safeParse(parsed.data.response.body);
    return new VaultRefused(parsed.data.response.statusCode, reasons.success ? reasons.data.errors : []);
  }
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
      ? error.code
      : 'unknown';
  return new SecretStoreUnavailable(
    'The secret store (Vault) doesn’t answer just now. Nothing was lost; this will be tried again.',
    { details: { code } },
  );
}
