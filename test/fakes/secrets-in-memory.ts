import { SecretNotFound, SecretStore } from '../../src/secrets/index.js';

/** The secret store's contract, kept in this process. */
export class SecretsInMemory extends SecretStore {
  /** By path, every version. */
  readonly kept = new Map<string, { key: string; data: Record<string, string> }[]>();

  async put(path: string, data: Record<string, string>, { idempotencyKey }: { idempotencyKey: string }) {
    const versions = this.kept.get(path) ?? [];
    const index = versions.findIndex(({ key }) => key === idempotencyKey);
    if (index >= 0) return `kv:${path}#${index + 1}`;
    this.kept.set(path, [...versions, { key: idempotencyKey, data: { ...data } }]);
    return `kv:${path}#${versions.length + 1}`;
  }

  async get(ref: string) {
    const [, path = '', version = '0'] = /^kv:([^#]+)#(\d+)$/.exec(ref) ?? [];
    const found = this.kept.get(path)?.[Number(version) - 1];
    if (found === undefined) throw new SecretNotFound('There is no such secret.');
    return { ...found.data };
  }

  async remove(ref: string) {
    this.kept.delete(ref.replace(/^kv:|#\d+$/g, ''));
  }

  async health() {
    return { ok: true, detail: 'in memory' };
  }

  async wrap() {
    return null;
  }
}
