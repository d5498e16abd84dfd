import { createHash } from 'node:crypto';
import { literal, type PostgresTarget, quoted, type Sql } from './target.js';

/** What the comments of things that were made here begin with. */
export const MADE_HERE = 'quartermaster:';

/** Writes who made it into its comment, so that an interrupted attempt is adopted and a foreign thing never touched. */
export async function commentOn(
  sql: Sql,
  what: 'role' | 'database' | 'schema',
  name: string,
  key: string,
): Promise<void> {
  await sql(`comment on ${what} ${quoted(name)} is ${literal(MADE_HERE + key)}`);
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
  const isOurs = row?.comment?.startsWith(MADE_HERE) === true;
  return { exists: row !== undefined, key: isOurs ? (row.comment?.slice(MADE_HERE.length) ?? null) : null };
}
