import nodeVault from 'node-vault';
import { z } from 'zod';
import { cleaned, unavailable, VaultRefused } from './vault-errors.js';
import { vaultTransport } from './vault-transport.js';

export type VaultCredentials =
  | { method: 'token'; token: string }
  | { method: 'approle'; roleId: string; secretId: string };

export interface VaultClientOptions {
  address: string;
  namespace?: string;
  login: VaultCredentials;
  /** Of each call, 5,000 unless told. */
  timeoutMilliseconds?: number;
  /** Every token that a login answers, so that it can be kept out of texts. */
  onToken?: (token: string) => void;
  /** For tests: how to wait until a renewal is due. Answers how to call it off. */
  schedule?: (work: () => void, seconds: number) => () => void;
}

const authAnswer = z.object({
  auth: z.object({ client_token: z.string(), lease_duration: z.number(), renewable: z.boolean() }),
});
/** Beyond 24.8 days a timer fires at once and loops; six hours leave room for many failures before a token of a day ends. */
const LONGEST_DELAY_SECONDS = 6 * 3600;
/** A token at the end of its maximum life answers ever shorter leases: without a floor, renewing them would loop. */
const SHORTEST_DELAY_SECONDS = 10;
const RETRY_SECONDS = 30;
const RENEW_AT = 0.7;

export type VaultMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** node-vault behind time-outs, without redirects, with a renewal that survives failures, and errors that hold no secret. */
export class VaultClient {
  private readonly client: ReturnType<typeof nodeVault>;
  private token: string | null;
  private settingIn: Promise<void> | null = null;
  private settled = false;
  private callOff: () => void = () => undefined;
  private closed = false;

  constructor(private readonly options: VaultClientOptions) {
    this.client = nodeVault({
      apiVersion: 'v1',
      endpoint: options.address,
      // With DEBUG=node-vault the library prints payloads.
      debug: () => undefined,
      'request-promise': { defaults: () => vaultTransport(options.timeoutMilliseconds ?? 5_000) },
    });
    // What was not given, the library takes from the environment: VAULT_TOKEN, VAULT_NAMESPACE, VAULT_PREFIX.
    Object.assign(this.client, { token: '', namespace: options.namespace ?? '', pathPrefix: '' });
    this.token = options.login.method === 'token' ? options.login.token : null;
  }

  /**
   * One call as ourselves. A 403 to an AppRole's token leads to one new login and one more try.
   * @throws VaultRefused with the status · SecretStoreUnavailable when there was no answer
   */
  async call(
    method: VaultMethod,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    if (!this.settled) await this.settleIn(null);
    const used = this.token;
    try {
      return await this.send(method, path, body, { ...headers, ...tokenHeader(used) });
    } catch (error) {
      const mayLogInAgain = this.options.login.method === 'approle';
      if (!mayLogInAgain || !(error instanceof VaultRefused) || error.status !== 403) throw error;
      await this.settleIn(used);
      return this.send(method, path, body, { ...headers, ...tokenHeader(this.token) });
    }
  }

  /** One call as nobody: health, which must answer without a login. */
  anonymously(method: VaultMethod, path: string): Promise<unknown> {
    return this.send(method, path, undefined, {});
  }

  close(): void {
    this.closed = true;
    this.callOff();
  }

  /** Logs in, or looks how long the given token lives; at once for all who wait, and not again if another call just did. */
  private async settleIn(refused: string | null): Promise<void> {
    if (refused !== null && refused !== this.token) return;
    this.settingIn ??= this.settle().finally(() => {
      this.settingIn = null;
    });
    await this.settingIn;
  }

  private async settle(): Promise<void> {
    const { login } = this.options;
    if (login.method === 'approle') {
      const body = { role_id: login.roleId, secret_id: login.secretId };
      const { auth } = parsedAuth(await this.send('POST', '/auth/approle/login', body, {}));
      this.token = auth.client_token;
      this.options.onToken?.(auth.client_token);
      if (auth.renewable) this.renewIn(auth.lease_duration * RENEW_AT);
    } else {
      // A given token may be of the kind that has to be renewed; the first renewal tells.
      this.renewIn(0);
    }
    this.settled = true;
  }

  private renewIn(seconds: number): void {
    this.callOff();
    if (this.closed) return;
    const delay = seconds === 0 ? 0 : Math.min(Math.max(seconds, SHORTEST_DELAY_SECONDS), LONGEST_DELAY_SECONDS);
    this.callOff = (this.options.schedule ?? unhurriedTimer)(() => void this.renew(), delay);
  }

  private async renew(): Promise<void> {
    const used = this.token;
    try {
      const { auth } = parsedAuth(await this.send('POST', '/auth/token/renew-self', {}, tokenHeader(used)));
      const atItsEnd = auth.lease_duration < SHORTEST_DELAY_SECONDS * 2;
      if (atItsEnd && this.options.login.method === 'approle') await this.settleIn(used);
      else if (auth.renewable && auth.lease_duration > 0) this.renewIn(auth.lease_duration * RENEW_AT);
    } catch (error) {
      // 400 and 403: this token can't be renewed (any more). An AppRole's next call logs in; a given token just ends.
      const final = error instanceof VaultRefused && (error.status === 400 || error.status === 403);
      if (!final) this.renewIn(RETRY_SECONDS);
    }
  }

  private async send(
    method: VaultMethod,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<unknown> {
    try {
      // The library writes into the headers it is given, so they are a copy.
      const request = { method, path, headers: { ...headers }, ...(body !== undefined && { json: body }) };
      return (await this.client.request(request)) as unknown;
    } catch (error) {
      throw cleaned(error);
    }
  }
}

function tokenHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { 'X-Vault-Token': token };
}

function parsedAuth(answer: unknown): z.infer<typeof authAnswer> {
  const parsed = authAnswer.safeParse(answer);
  if (!parsed.success) throw unavailable('unexpected_answer');
  return parsed.data;
}

function unhurriedTimer(work: () => void, seconds: number): () => void {
  const timer = setTimeout(work, seconds * 1000);
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
}
