import type { Facts } from '../../action.js';
import { quoted, type Sql } from './target.js';

export const OWNER = 'owner';
export const CONNECTION_LIMIT = 'connection limit';
export const MAY_LOG_IN = 'may log in';

/** What may be changed of a database with SQL, without our knowing. */
export async function databaseFacts(sql: Sql, database: string): Promise<Facts> {
  const [row] = await sql<{ owner: string; limit: number }>(
    'select r.rolname as owner, d.datconnlimit as limit from pg_database d join pg_roles r on r.oid = d.datdba where d.datname = $1',
    [database],
  );
  return row === undefined ? {} : { [OWNER]: row.owner, [CONNECTION_LIMIT]: row.limit };
}

export async function roleFacts(sql: Sql, role: string): Promise<Facts> {
  const [row] = await sql<{ limit: number; login: boolean }>(
    'select rolconnlimit as limit, rolcanlogin as login from pg_roles where rolname = $1',
    [role],
  );
  return row === undefined ? {} : { [CONNECTION_LIMIT]: row.limit, [MAY_LOG_IN]: row.login };
}

export async function schemaFacts(sql: Sql, schema: string): Promise<Facts> {
  const [row] = await sql<{ owner: string }>(
    'select r.rolname as owner from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = $1',
    [schema],
  );
  return row === undefined ? {} : { [OWNER]: row.owner };
}

export async function mendDatabase(sql: Sql, database: string, wanted: Facts): Promise<void> {
  const { [OWNER]: owner, [CONNECTION_LIMIT]: limit } = wanted;
  if (typeof owner === 'string') {
    await sql(`grant ${quoted(owner)} to current_user`);
    await sql(`alter database ${quoted(database)} owner to ${quoted(owner)}`);
  }
  if (typeof limit === 'number') await sql(`alter database ${quoted(database)} with connection limit ${limit}`);
}

export async function mendRole(sql: Sql, role: string, wanted: Facts): Promise<void> {
  const { [CONNECTION_LIMIT]: limit, [MAY_LOG_IN]: login } = wanted;
  if (typeof limit === 'number') await sql(`alter role ${quoted(role)} with connection limit ${limit}`);
  if (typeof login === 'boolean') await sql(`alter role ${quoted(role)} with ${login ? 'login' : 'nologin'}`);
}

export async function mendSchema(sql: Sql, schema: string, wanted: Facts): Promise<void> {
  const { [OWNER]: owner } = wanted;
  if (typeof owner === 'string') await sql(`alter schema ${quoted(schema)} owner to ${quoted(owner)}`);
}
