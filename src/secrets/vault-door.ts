import type { VaultClient, VaultMethod } from './vault-client.js';
import { explained, VaultRefused } from './vault-errors.js';

/** Of a 4xx only the status is known: what Vault says may quote what was sent. */
export interface VaultAnswer {
  readonly status: number;
  readonly body: unknown;
}

const ANSWERED = 200;
const SEALED_OR_WORSE = 500;
const FIRST_REFUSAL = 400;

/** Vault itself, with our login, for what is no secret of our own: policies, and secrets that others read there. */
export class VaultDoor {
  /** `own`: where our store keeps its secrets; nobody else writes there. Null: this installation has no Vault. */
  constructor(
    private readonly client: VaultClient | null,
    private readonly own: { readonly mount: string; readonly prefix: string } | null,
  ) {}

  get isThere(): boolean {
    return this.client !== null;
  }

  /** Whether a path of a KV engine is in the folder of our own store. */
  isOwn(mount: string, path: readonly string[]): boolean {
    if (this.own?.mount !== mount) return false;
    const folder = this.own.prefix.split('/');
    return folder.every((segment, index) => path[index] === undefined || path[index] === segment);
  }

  /** @throws SecretStoreUnavailable when it does not answer, is sealed or points elsewhere */
  async call(method: VaultMethod, path: string, body?: unknown): Promise<VaultAnswer> {
    if (this.client === null) return { status: SEALED_OR_WORSE, body: null };
    try {
      return { status: ANSWERED, body: await this.client.call(method, path, body) };
    } catch (error) {
      if (error instanceof VaultRefused && error.status >= FIRST_REFUSAL && error.status < SEALED_OR_WORSE)
        return { status: error.status, body: null };
      throw explained(error);
    }
  }
}
