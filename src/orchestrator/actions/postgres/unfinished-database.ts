import { ActionFailed } from '../../action.js';
import { commentOn, findDatabase, type Maker, unfinishedName } from './ownership.js';
import { quoted, type Sql } from './target.js';

export interface NewDatabase {
  readonly name: string;
  readonly owner: string;
  readonly limit: number;
  readonly maker: Maker;
}

/**
 * `create database` knows no transaction. So that there is never a moment at which a database has its name but not its comment,
 * it is made under a name that follows from the key, filled, marked, and then renamed; an interrupted attempt goes on from where it was.
 */
export async function makeDatabase(
  sql: Sql,
  { name, owner, limit, maker }: NewDatabase,
  { from, fill }: { from?: string; fill?: (unfinished: string) => Promise<void> } = {},
): Promise<void> {
  const unfinished = unfinishedName(maker.idempotencyKey);
  // Below superuser, giving a database to a role takes membership in it.
  await sql(`grant ${quoted(owner)} to current_user`);
  // What was half filled is begun anew.
  if (fill !== undefined) await sql(`drop database if exists ${quoted(unfinished)} with (force)`);
  if (!(await findDatabase(sql, unfinished)).exists) {
    const template = from === undefined ? '' : `template ${quoted(from)}`;
    await sql(`create database ${quoted(unfinished)} ${template} owner ${quoted(owner)} connection limit ${limit}`);
  }
  await closeToOthers(sql, unfinished, owner);
  await fill?.(unfinished);
  await commentOn(sql, 'database', unfinished, maker);
  await sql(`alter database ${quoted(unfinished)} rename to ${quoted(name)}`);
}

/** Only its owner may connect. */
export async function closeToOthers(sql: Sql, database: string, owner: string): Promise<void> {
  await sql(`revoke connect, temporary on database ${quoted(database)} from public`);
  await sql(`grant connect, temporary on database ${quoted(database)} to ${quoted(owner)}`);
}

/** Whether it was made under this key before. @throws ActionFailed where the name is somebody else's */
export async function isMadeAlready(sql: Sql, name: string, key: string): Promise<boolean> {
  const found = await findDatabase(sql, name);
  if (found.exists && found.key !== key)
    throw new ActionFailed(
      `A database named ${name} exists already and is not ours to change. Choose another name.`,
      false,
    );
  return found.exists;
}

/** The finished one and what an interrupted attempt left. */
export async function dropMade(sql: Sql, { database, key }: { database: string; key: string }): Promise<void> {
  await sql(`drop database if exists ${quoted(unfinishedName(key))} with (force)`);
  if ((await findDatabase(sql, database)).key === key)
    await sql(`drop database if exists ${quoted(database)} with (force)`);
}

/** How `read` answers for a database of ours. */
export async function lookForMade(
  sql: Sql,
  { database, key }: { database: string; key: string },
): Promise<{ exists: boolean; detail: string }> {
  const exists = (await findDatabase(sql, database)).key === key;
  return {
    exists,
    detail: exists ? `database ${database} is there` : `database ${database} is not there, or not ours`,
  };
}
