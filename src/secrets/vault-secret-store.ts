import type { OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import type { Redactor } from './redactor.js';
import {
  checkedPath,
  parseRef,
  refOf,
  type SecretData,
  SecretNotFound,
  type SecretRef,
  SecretStore,
  type StoreHealth,
} from './secret-store.js';
import { isSensitive } from './sensitive-fields.js';
import type { VaultClient } from './vault-client.js';
import { explained, unavailable, VaultRefused } from './vault-errors.js';

/** Written with the data, because only there the check-and-set covers it. Taken away again by every reading of ours. */
const KEY_FIELD = '__idempotency_key';
const MAX_RACES = 5;

const version = z.object({
  data: z.object({ data: z.record(z.string(), z.string()).nullable(), metadata: z.object({ version: z.number() }) }),
});
const written = z.object({ data: z.object({ version: z.number() }) });
const wrapped = z.object({ wrap_info: z.object({ token: z.string() }) });
const healthAnswer = z.object({ sealed: z.boolean(), initialized: z.boolean(), standby: z.boolean().optional() });

export interface VaultStoreOptions {
  /** Where the KV version 2 engine is mounted. */
  mount: string;
  /** The folder in it that is ours. */
  prefix: string;
  /** As people reach it, for the command that unwraps. */
  address: string;
  namespace?: string;
}

/** Vault or OpenBao, KV version 2: values under `<mount>/data/<prefix>/<path>`, deliveries by response wrapping. */
export class VaultSecretStore extends SecretStore implements OnApplicationShutdown {
  constructor(
    private readonly client: VaultClient,
    private readonly options: VaultStoreOptions,
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
      if (latest.data?.[KEY_FIELD] === options.idempotencyKey) return refOf(path, latest.version);
      try {
        // Check-and-set: a writer that came in between makes this fail instead of hiding its version.
        const body = { data: { ...data, [KEY_FIELD]: options.idempotencyKey }, options: { cas: latest.version } };
        const answer = await this.client.call('POST', this.url('data', path), body);
        return refOf(path, understood(written, answer).data.version);
      } catch (error) {
        const lostTheRace = error instanceof VaultRefused && error.status === 400;
        if (!lostTheRace || attempt === MAX_RACES) throw explained(error);
      }
    }
  }

  async get(ref: SecretRef): Promise<SecretData> {
    const answer = await this.read(ref, {});
    const kept = understood(version, answer).data.data;
    if (kept === null) throw gone();
    const { [KEY_FIELD]: _key, ...data } = kept;
    this.know(data);
    return data;
  }

  async remove(ref: SecretRef): Promise<void> {
    try {
      await this.client.call('DELETE', this.url('metadata', parseRef(ref).path));
    } catch (error) {
      if (!(error instanceof VaultRefused && error.status === 404)) throw explained(error);
    }
  }

  /** First whether the server can work at all, which it says without a login, then whether it lets us in. */
  async health(): Promise<StoreHealth> {
    try {
      const path = '/sys/health?standbyok=true&sealedcode=200&uninitcode=200';
      const state = understood(healthAnswer, await this.client.anonymously('GET', path));
      if (!state.initialized) return { ok: false, detail: 'Vault is not initialised' };
      if (state.sealed) return { ok: false, detail: 'Vault is sealed' };
      await this.client.call('GET', '/auth/token/lookup-self');
      return { ok: true, detail: state.standby === true ? 'Vault (standby)' : 'Vault' };
    } catch (error) {
      if (error instanceof VaultRefused) return { ok: false, detail: `Vault answers ${error.status}` };
      return { ok: false, detail: 'Vault does not answer' };
    }
  }

  /** The value goes from Vault to its own cubbyhole: it never passes through this process. */
  async wrap(ref: SecretRef, ttlSeconds: number): Promise<{ token: string; command: string }> {
    const answer = await this.read(ref, { 'X-Vault-Wrap-TTL': `${ttlSeconds}s` });
    const { token } = understood(wrapped, answer).wrap_info;
    this.redactor.remember(token);
    const { address, namespace } = this.options;
    const where = namespace === undefined ? '' : ` VAULT_NAMESPACE=${namespace}`;
    return { token, command: `VAULT_ADDR=${address}${where} vault unwrap -format=json ${token}` };
  }

  onApplicationShutdown(): void {
    this.client.close();
  }

  private async read(ref: SecretRef, headers: Record<string, string>): Promise<unknown> {
    const { path, version: wanted } = parseRef(ref);
    try {
      return await this.client.call('GET', `${this.url('data', path)}?version=${wanted}`, undefined, headers);
    } catch (error) {
      if (error instanceof VaultRefused && error.status === 404) throw gone();
      throw explained(error);
    }
  }

  /** Version 0: nothing is there. A deleted version still counts for the check-and-set. */
  private async latest(path: string): Promise<{ version: number; data: SecretData | null }> {
    try {
      const { data } = understood(version, await this.client.call('GET', this.url('data', path)));
      return { version: data.metadata.version, data: data.data };
    } catch (error) {
      if (error instanceof VaultRefused && error.status === 404)
        return { version: error.deletedVersion ?? 0, data: null };
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

/** Something else than Vault may answer, a proxy's page for one. */
function understood<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw unavailable('unexpected_answer');
  return parsed.data;
}

function gone(): SecretNotFound {
  return new SecretNotFound('These credentials are gone: what they belong to was destroyed, or they were replaced.');
}
