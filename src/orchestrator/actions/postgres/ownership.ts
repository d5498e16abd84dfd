import { createHash } from 'node:crypto';
import type { ActionContext } from '../../action.js';
import { labelWords } from '../../labels.js';
import { literal, type PostgresTarget, quoted, type Sql } from './target.js';

/** What the comments of things that were made here begin with. */
export const MADE_HERE = 'quartermaster:';

/** By which step, and for whom. */
export type Maker = Pick<ActionContext, 'idempotencyKey' | 'labels'>;

/**
 * Writes who made it into its comment, so that an interrupted attempt is adopted and a foreign thing never touched; behind the key
 * for whom, so that what it costs can be told apart.
 */
export async function commentOn(
  sql: Sql,
  what: 'role' | 'database' | 'schema' | 'extension',
  name: string,
  { idempotencyKey: key, labels }: Maker,
): Promise<void> {
  await sql(`comment on ${what} ${quoted(name)} is ${literal(`${MADE_HERE}${key} ${labelWords(labels)}`.trim())}`);
}

export interface Found {
  readonly exists: boolean;
  /** The key it was made under, if it was made here. */
  readonly key: string | null;
}

export async function findRole(sql: Sql, name: string): Promise<Found> {
  const [row] = await sql<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1`,
    [name],
  );
  return foundIn(row);
}

export async function findDatabase(sql: Sql, name: string): Promise<Found> {
  const [row] = await sql<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
    [name],
  );
  return foundIn(row);
}

export async function findSchema(sql: Sql, name: string): Promise<Found> {
  const [row] = await sql<{ comment: string | null }>(
    `select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = $1`,
    [name],
  );
  return foundIn(row);
}

export async function findExtension(sql: Sql, name: string): Promise<Found> {
  const [row] = await sql<{ comment: string | null }>(
    `select obj_description(oid, 'pg_extension') as comment from pg_extension where extname = $1`,
    [name],
  );
  return foundIn(row);
}

/** Whether there is such a database, and it was made here. */
export async function isMadeHere(target: PostgresTarget, database: string): Promise<boolean> {
  return (await target.as(null, (sql) => findDatabase(sql, database))).key !== null;
}

/** The name under which a database is made until it carries its comment; nobody else knows it. */
export function unfinishedName(key: string): string {
  return `qm_making_${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

function foundIn(row: { comment: string | null } | undefined): Found {
  const [mark = ''] = (row?.comment ?? '').split(' ');
  return { exists: row !== undefined, key: mark.startsWith(MADE_HERE) ? mark.slice(MADE_HERE.length) : null };
}
