import { z } from 'zod';
import { literal, quoted, type Sql } from './target.js';

const PREFIX = 'quartermaster:';

/** Who made a role or database is written in its comment, so that an interrupted attempt is adopted and a foreign thing never touched. */
export const ownership = z.object({ key: z.string() });

export async function commentOn(sql: Sql, what: 'role' | 'database', name: string, key: string): Promise<void> {
  await sql(`comment on ${what} ${quoted(name)} is ${literal(PREFIX + key)}`);
}

export interface Found {
  exists: boolean;
  /** The key it was made under, if it was made here. */
  key: string | null;
  owner: string | null;
}

export async function findRole(sql: Sql, name: string): Promise<Found> {
  const [row] = await sql<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1`,
    [name],
  );
  return { exists: row !== undefined, key: keyOf(row?.comment), owner: null };
}

export async function findDatabase(sql: Sql, name: string): Promise<Found> {
  const [row] = await sql<{ comment: string | null; owner: string }>(
    `select shobj_description(oid, 'pg_database') as comment, pg_get_userbyid(datdba) as owner from pg_database where datname = $1`,
    [name],
  );
  return { exists: row !== undefined, key: keyOf(row?.comment), owner: row?.owner ?? null };
}

function keyOf(comment: string | null | undefined): string | null {
  return comment?.startsWith(PREFIX) === true ? comment.slice(PREFIX.length) : null;
}
