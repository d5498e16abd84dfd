import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { VersionedDocument } from '../catalog-item.js';
import { type NewestVersion, type Refusal, refusalOf } from './version-rules.js';

export interface StoredVersion {
  readonly name: string;
  readonly digest: string;
  readonly file: string;
  /** The text of the file: unlike the jsonb beside it, it keeps the order of keys, which is the order of the form. */
  readonly source: string;
}

/** One of the versions there were, for people who want to see what has changed. */
export interface PastVersion extends StoredVersion {
  readonly version: string;
  readonly firstLoadedAt: Date;
}

export type NumberedVersion = Pick<VersionedDocument, 'name' | 'version' | 'digest'>;

/** Every version that was ever loaded, by digest; so that what was made from an old one still knows it. */
export abstract class VersionStore {
  /** Idempotent: a version that is there already is only marked as the one that its file has now. */
  abstract store(versions: readonly VersionedDocument[]): Promise<void>;
  /** As {@link store}, for what has numbers that only go up: those that don't are refused and not stored. Safe on several replicas at once. */
  abstract admit(versions: readonly VersionedDocument[]): Promise<readonly Refusal[]>;
  /** Those of which a higher version has been offered meanwhile, by another replica. */
  abstract overtaken(
    kind: VersionedDocument['kind'],
    versions: readonly NumberedVersion[],
  ): Promise<readonly Refusal[]>;
  abstract find(kind: VersionedDocument['kind'], name: string, digest: string): Promise<StoredVersion | null>;
  /** The version of a file that was loaded last. */
  abstract latestOfFile(kind: VersionedDocument['kind'], file: string): Promise<StoredVersion | null>;
  /** The highest numbers first, drafts left out. */
  abstract history(kind: VersionedDocument['kind'], name: string, limit: number): Promise<readonly PastVersion[]>;
}

const COLUMNS = 'name, digest, file, source';
const BY_NUMBER = "string_to_array(version, '.')::numeric[] desc, first_loaded_at desc";
const CHUNK = 100;
/** Held while numbers are given out, so that two replicas don't offer two things under one. */
const NUMBERS_LOCK = 'catalog-version-numbers';

@Injectable()
export class DatabaseVersionStore extends VersionStore {
  constructor(private readonly transactions: Transactions) {
    super();
  }

  async store(versions: readonly VersionedDocument[]): Promise<void> {
    for (const chunk of chunksOf(versions)) await this.transactions.run((tx) => storeIn(tx, chunk));
  }

  async admit(versions: readonly VersionedDocument[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    for (const chunk of chunksOf(versions)) {
      const [first] = chunk;
      if (first === undefined) continue;
      const found = await this.transactions.run(async (tx) => {
        await tx.query('select pg_advisory_xact_lock(hashtext($1))', [NUMBERS_LOCK]);
        const refusals = await refusalsIn(tx, first.kind, chunk);
        const bad = new Set(refusals.map(({ digest }) => digest));
        await storeIn(
          tx,
          chunk.filter(({ digest }) => !bad.has(digest)),
        );
        return refusals;
      });
      refused.push(...found);
    }
    return refused;
  }

  async overtaken(kind: VersionedDocument['kind'], versions: readonly NumberedVersion[]): Promise<readonly Refusal[]> {
    const found: Refusal[] = [];
    for (const chunk of chunksOf(versions)) found.push(...(await refusalsIn(this.transactions, kind, chunk)));
    return found;
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

  history(kind: VersionedDocument['kind'], name: string, limit: number): Promise<readonly PastVersion[]> {
    return this.transactions.query<PastVersion>(
      `select ${COLUMNS}, version, first_loaded_at as "firstLoadedAt" from catalog_versions
       where kind = $1 and name = $2 and offered order by ${BY_NUMBER} limit $3`,
      [kind, name, limit],
    );
  }
}

/** Writes those that are new, or are not what their file had last; in one order, so that replicas don't lock each other out. */
async function storeIn(tx: Tx, versions: readonly VersionedDocument[]): Promise<void> {
  const keys = [
    versions.map(({ kind }) => kind),
    versions.map(({ name }) => name),
    versions.map(({ digest }) => digest),
    versions.map(({ file }) => file),
  ];
  const missing = await tx.query<{ position: number }>(
    `select wanted.position::integer as position
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as wanted (kind, name, digest, file, position)
     left join catalog_versions known using (kind, name, digest)
     where known.name is null or known.file <> wanted.file or exists (
       select from catalog_versions later
       where later.kind = wanted.kind and later.file = wanted.file and later.loaded_at > known.loaded_at)`,
    keys,
  );
  const fresh = missing.flatMap(({ position }) => versions[position - 1] ?? []);
  if (fresh.length === 0) return;
  await tx.query(
    `insert into catalog_versions (kind, name, digest, version, file, source, document)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
       as fresh (kind, name, digest, version, file, source, document)
     order by kind, name, digest
     on conflict (kind, name, digest) do update set loaded_at = now(), file = excluded.file`,
    [
      fresh.map(({ kind }) => kind),
      fresh.map(({ name }) => name),
      fresh.map(({ digest }) => digest),
      fresh.map(({ version }) => version),
      fresh.map(({ file }) => file),
      fresh.map(({ source }) => source),
      fresh.map(({ document }) => JSON.stringify(document)),
    ],
  );
}

async function refusalsIn(
  source: Pick<Tx, 'query'>,
  kind: VersionedDocument['kind'],
  versions: readonly NumberedVersion[],
): Promise<Refusal[]> {
  const rows = await source.query<NewestVersion & { position: number }>(
    `select wanted.position::integer as position, newest.version, newest.digest,
       exists (select from catalog_versions own
               where own.kind = $1 and own.name = wanted.name and own.digest = wanted.digest) as known
     from unnest($2::text[], $3::text[]) with ordinality as wanted (name, digest, position)
     cross join lateral (
       select version, digest from catalog_versions
       where kind = $1 and name = wanted.name and offered order by ${BY_NUMBER} limit 1) as newest`,
    [kind, versions.map(({ name }) => name), versions.map(({ digest }) => digest)],
  );
  return rows.flatMap(({ position, ...newest }) => {
    const version = versions[position - 1];
    const refusal = version === undefined ? null : refusalOf(version, newest);
    return refusal === null ? [] : [refusal];
  });
}

function* chunksOf<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += CHUNK) yield values.slice(from, from + CHUNK);
}
