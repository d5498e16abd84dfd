import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Transactions } from '../platform/database/index.js';
import type { Redactor } from './redactor.js';
import { open, seal } from './sealing.js';
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
import { isSensitive } from './sensitive-fields.js';

const dataSchema = z.record(z.string(), z.string());

interface Row {
  path: string;
  version: number;
  sealed_key: Buffer;
  sealed_data: Buffer;
}

/** Secrets in the product's own database: each under a key of its own, which the master key (outside of the database) seals. */
export class LocalSecretStore extends SecretStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly masterKey: Buffer,
    private readonly redactor: Redactor,
  ) {
    super();
  }

  async put(path: string, data: SecretData, options: { idempotencyKey: string }): Promise<SecretRef> {
    checkedPath(path);
    this.know(data);
    return this.transactions.run(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`secret:${path}`]);
      const [kept] = await tx.query<{ path: string; version: number }>(
        'select path, version from local_secrets where idempotency_key = $1',
        [options.idempotencyKey],
      );
      if (kept !== undefined) return refOf(kept.path, kept.version);
      const [last] = await tx.query<{ version: number }>(
        'select coalesce(max(version), 0)::int as version from local_secrets where path = $1',
        [path],
      );
      const version = (last?.version ?? 0) + 1;
      const ref = refOf(path, version);
      const key = randomBytes(32);
      await tx.query(
        'insert into local_secrets (path, version, idempotency_key, sealed_key, sealed_data) values ($1, $2, $3, $4, $5)',
        [
          path,
          version,
          options.idempotencyKey,
          seal(this.masterKey, key, ref),
          seal(key, Buffer.from(JSON.stringify(data), 'utf8'), ref),
        ],
      );
      return ref;
    });
  }

  async get(ref: SecretRef): Promise<SecretData> {
    const { path, version } = parseRef(ref);
    const [row] = await this.transactions.query<Row>(
      'select path, version, sealed_key, sealed_data from local_secrets where path = $1 and version = $2',
      [path, version],
    );
    if (row === undefined)
      throw new SecretNotFound('These credentials are gone: what they belong to was destroyed, or they were replaced.');
    const data = this.opened(row, ref);
    this.know(data);
    return data;
  }

  async remove(ref: SecretRef): Promise<void> {
    await this.transactions.query('delete from local_secrets where path = $1', [parseRef(ref).path]);
  }

  /** Opens the youngest secret, so that a wrong master key shows before anybody needs a secret. */
  async health(): Promise<StoreHealth> {
    try {
      const [row] = await this.transactions.query<Row>(
        'select path, version, sealed_key, sealed_data from local_secrets order by created_at desc limit 1',
      );
      if (row === undefined) return { ok: true, detail: 'local store, empty' };
      this.opened(row, refOf(row.path, row.version));
      return { ok: true, detail: 'local store' };
    } catch (error) {
      const otherKey = error instanceof SecretStoreUnavailable;
      return {
        ok: false,
        detail: otherKey ? 'the master key does not open what is stored' : 'the database does not answer',
      };
    }
  }

  wrap(): Promise<null> {
    return Promise.resolve(null);
  }

  private opened(row: Row, ref: SecretRef): SecretData {
    try {
      const key = open(this.masterKey, row.sealed_key, ref);
      return dataSchema.parse(JSON.parse(open(key, row.sealed_data, ref).toString('utf8')));
    } catch {
      throw new SecretStoreUnavailable(
        'The local secret store can’t open this secret: its master key is another one. Nothing was changed; tell the platform team.',
      );
    }
  }

  private know(data: SecretData): void {
    for (const [name, value] of Object.entries(data)) if (isSensitive(name)) this.redactor.remember(value);
  }
}
