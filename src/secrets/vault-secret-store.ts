import { z } from 'zod';
import { isSensitive } from './local-secret-store.js';
import type { Redactor } from './redactor.js';
import {
  checkedPath,
  parseRef,
  refOf,
  type SecretData,
  SecretNotFound,
  type SecretRef,
  SecretStore,
  SecretStoreUnavailable,
  type StoreHealth,
} from './secret-store.js';
import { type VaultClient, VaultRefused } from './vault-client.js';

const KEY_FIELD = '__idempotency_key';
const current = z.object({
  data: z.object({ data: z.record(z.string(), z.string()).nullable(), metadata: z.object({ version: z.number() }) }),
});
const written = z.object({ data: z.object({ version: z.number() }) });
const wrapped = z.object({ wrap_info: z.object({ token: z.string() }) });
const healthAnswer = z.object({ sealed: z.boolean(), initialized: z.boolean(), standby: z.boolean().optional() });
const MAX_RACES = 3;

/** Vault or OpenBao, KV version 2: values under `<mount>/data/<prefix>/<path>`, deliveries by response wrapping. */
export class VaultSecretStore extends SecretStore {
  constructor(
    private readonly client: VaultClient,
    private readonly options: { mount: string; prefix: string; address: string },
    private readonly redactor: Redactor,
  ) {
    super();
    checkedPath(options.mount);
    checkedPath(options.prefix);
  }

  async put(path: string, data: SecretData, options: { idempotencyKey: string }): Promise<SecretRef> {
    checkedPath(path);
    this.know(data);
    for (let attempt = 1; ; attempt += 1) {
      const latest = await this.latest(path);
      if (latest !== null && latest.data[KEY_FIELD] === options.idempotencyKey) return refOf(path, latest.version);
      try {
        // Check-and-set: a writer that came in between makes this fail instead of hiding its version.
        const body = { data: { ...data, [KEY_FIELD]: options.idempotencyKey }, options: { cas: latest?.version ?? 0 } };
        const answer = written.parse(await this.refusable(this.client.call('POST', this.url('data', path), body)));
        return refOf(path, answer.data.version);
      } catch (error) {
        if (attempt === MAX_RACES || !(error instanceof VaultRefused) || error.status !== 400) throw error;
      }
    }
  }

  async get(ref: SecretRef): Promise<SecretData> {
    const { path, version } = parseRef(ref);
    try {
      const answer = current.parse(await this.client.call('GET', `${this.url('data', path)}?version=${version}`));
      const { [KEY_FIELD]: _key, ...data } = answer.data.data ?? {};
      if (answer.data.data === null) throw gone();
      this.know(data);
      return data;
    } catch (error) {
      if (error instanceof VaultRefused && error.status === 404) throw gone();
      throw explained(error);
    }
  }

  async remove(ref: SecretRef): Promise<void> {
    try {
      await this.client.call('DELETE', this.url('metadata', parseRef(ref).path));
    } catch (error) {
      if (!(error instanceof VaultRefused && error.status === 404)) throw explained(error);
    }
  }

  async health(): Promise<StoreHealth> {
    try {
      const state = healthAnswer.parse(
        await this.client.call('GET', '/sys/health?standbyok=true&sealedcode=200&uninitcode=200'),
      );
      if (!state.initialized) return { ok: false, detail: 'Vault is not initialised' };
      return state.sealed
        ? { ok: false, detail: 'Vault is sealed' }
        : { ok: true, detail: state.standby === true ? 'Vault (standby)' : 'Vault' };
    } catch {
      return { ok: false, detail: 'Vault does not answer' };
    }
  }

  async wrap(ref: SecretRef, ttlSeconds: number): Promise<{ token: string; command: string }> {
    const { path, version } = parseRef(ref);
    const headers = { 'X-Vault-Wrap-TTL': `${ttlSeconds}s` };
    const answer = wrapped.parse(
      await this.refusable(this.client.call('GET', `${this.url('data', path)}?version=${version}`, undefined, headers)),
    );
    const { token } = answer.wrap_info;
    return { token, command: `VAULT_ADDR=${this.options.address} vault unwrap -field=data ${token}` };
  }

  private async latest(path: string): Promise<{ version: number; data: SecretData } | null> {
    try {
      const answer = current.parse(await this.client.call('GET', this.url('data', path)));
      return { version: answer.data.metadata.version, data: answer.data.data ?? {} };
    } catch (error) {
      if (error instanceof VaultRefused && error.status === 404) return null;
      throw explained(error);
    }
  }

  private async refusable<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof VaultRefused && error.status === 400) throw error;
      throw explained(error);
    }
  }

  private url(kind: 'data' | 'metadata', path: string): string {
    return `/${this.options.mount}/${kind}/${this.options.prefix}/${path}`;
  }

  private know(data: SecretData): void {
    for (const [name, value] of Object.entries(data)) if (isSensitive(name)) this.redactor.remember(value);
  }
}

function gone(): SecretNotFound {
  return new SecretNotFound('These credentials are gone: what they belong to was destroyed, or they were replaced.');
}

function explained(error: unknown): unknown {
  if (!(error instanceof VaultRefused)) return error;
  const sealed = error.status === 503;
  return new SecretStoreUnavailable(
    sealed
      ? 'The secret store (Vault) is sealed. Nothing was lost; this goes on when the platform team has unsealed it.'
      : `The secret store (Vault) refused with ${error.status}. Nothing was changed; tell the platform team.`,
    { details: { status: error.status } },
  );
}
