import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import type { VersionedDocument } from './catalog-item.js';

export interface StoredVersion {
  readonly name: string;
  readonly digest: string;
  readonly file: string;
  /** The text of the file: unlike the jsonb beside it, it keeps the order of keys, which is the order of the form. */
  readonly source: string;
}

/** Every version that was ever loaded, by digest; so that what was made from an old one still knows it. */
export abstract class VersionStore {
  /** Idempotent: a version that is there already is only marked as seen again. */
  abstract store(versions: readonly VersionedDocument[]): Promise<void>;
  abstract find(kind: VersionedDocument['kind'], name: string, digest: string): Promise<StoredVersion | null>;
  /** The version of a file that was loaded last. */
  abstract latestOfFile(kind: VersionedDocument['kind'], file: string): Promise<StoredVersion | null>;
}

const COLUMNS = 'name, digest, file, source';

@Injectable()
export class DatabaseVersionStore extends VersionStore {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  async store(versions: readonly VersionedDocument[]): Promise<void> {
    if (versions.length === 0) return;
    // Always in one order, so that replicas that start together do not lock each other out.
    const ordered = [...versions].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
    await this.transactions.run(async (tx) => {
      for (const version of ordered) {
        const { kind, name, digest, file, source, document } = version;
        await tx.query(
          `insert into catalog_versions (kind, name, digest, version, file, source, document)
           values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (kind, name, digest) do update set loaded_at = now()`,
          [kind, name, digest, version.version, file, source, JSON.stringify(document)],
        );
      }
    });
  }

  async find(kind: VersionedDocument['kind'], name: string, digest: string): Promise<StoredVersion | null> {
    const rows = await this.transactions.query<StoredVersion>(
      `select ${COLUMNS} from catalog_versions where kind = $1 and name = $2 and digest = $3`,
      [kind, name, digest],
    );
    return rows[0] ?? null;
  }

  async latestOfFile(kind: VersionedDocument['kind'], file: string): Promise<StoredVersion | null> {
    const rows = await this.transactions.query<StoredVersion>(
      `select ${COLUMNS} from catalog_versions where kind = $1 and file = $2 order by loaded_at desc limit 1`,
      [kind, file],
    );
    return rows[0] ?? null;
  }
}

function keyOf(version: VersionedDocument): string {
  return `${version.kind} ${version.name} ${version.digest}`;
}
