import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { databasesLookup } from './databases.lookup.js';
import { commentOn, findDatabase, unfinishedName } from './ownership.js';
import { connectionLimit, identifier, type PostgresTarget, quoted, type Sql } from './target.js';

const extension = z.string().regex(/^[a-z][a-z0-9_-]{0,40}$/);

/** A database that only its owner can reach. */
export function databaseAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:database',
    title: 'PostgreSQL database',
    lookup: databasesLookup(target),
    input: z.strictObject({
      name: identifier,
      owner: identifier,
      extensions: z.array(extension).max(20),
      connectionLimit,
    }),
    output: z.object({ database: z.string(), host: z.string(), port: z.int() }),
    state: z.object({ database: z.string(), key: z.string() }),
    examples: [
      {
        title: 'A database for orders',
        input: { name: 'example_orders', owner: 'example_orders', extensions: ['citext'], connectionLimit: 5 },
        plan: 'create',
      },
    ],

    plan: ({ name, owner, extensions }) =>
      target.as(null, async (sql) => {
        if ((await findDatabase(sql, name)).exists)
          return { kind: 'cannot', summary: `A database named ${name} exists already. Choose another name.` };
        const known = await sql<{ name: string }>('select name from pg_available_extensions where name = any($1)', [
          extensions,
        ]);
        const missing = extensions.filter((wanted) => !known.some((row) => row.name === wanted));
        if (missing.length > 0) return { kind: 'cannot', summary: `The server does not have: ${missing.join(', ')}.` };
        return {
          kind: 'create',
          summary: `Database ${name}`,
          details: [
            `Owned by ${owner}; nobody else may connect.`,
            ...(extensions.length > 0 ? [`Extensions: ${extensions.join(', ')}`] : []),
          ],
        };
      }),

    intend: ({ name }, { idempotencyKey: key }) => Promise.resolve({ database: name, key }),

    async apply({ name, owner, extensions, connectionLimit: limit }, { idempotencyKey: key, signal, report }) {
      await target.as(
        null,
        async (sql) => {
          const found = await findDatabase(sql, name);
          if (found.exists && found.key !== key)
            throw new ActionFailed(
              `A database named ${name} exists already and is not ours to change. Choose another name.`,
              false,
            );
          if (!found.exists) await create(sql, { name, owner, limit, key });
          await sql(`revoke connect, temporary on database ${quoted(name)} from public`);
          await sql(`grant connect, temporary on database ${quoted(name)} to ${quoted(owner)}`);
        },
        signal,
      );
      if (extensions.length > 0) report(`Switching on ${extensions.join(', ')}`);
      await target.as(
        name,
        async (sql) => {
          for (const wanted of extensions) await sql(`create extension if not exists ${quoted(wanted)} cascade`);
          await sql('revoke create on schema public from public');
          await sql(`grant all on schema public to ${quoted(owner)}`);
        },
        signal,
      );
      return { state: { database: name, key }, output: { database: name, host: target.host, port: target.port } };
    },

    read: ({ database, key }) =>
      target.as(null, async (sql) => {
        const found = await findDatabase(sql, database);
        return {
          exists: found.key === key,
          detail:
            found.key === key ? `database ${database} is there` : `database ${database} is not there, or not ours`,
        };
      }),

    destroy: ({ database, key }, { signal }) =>
      target.as(
        null,
        async (sql) => {
          await sql(`drop database if exists ${quoted(unfinishedName(key))} with (force)`);
          if ((await findDatabase(sql, database)).key === key)
            await sql(`drop database if exists ${quoted(database)} with (force)`);
        },
        signal,
      ),
  });
}

/**
 * `create database` knows no transaction. So that there is never a moment at which a database has its name but not its comment,
 * it is made under a name that follows from the key, marked, and then renamed; an interrupted attempt goes on from where it was.
 */
async function create(
  sql: Sql,
  { name, owner, limit, key }: { name: string; owner: string; limit: number; key: string },
): Promise<void> {
  const unfinished = unfinishedName(key);
  // Below superuser, giving a database to a role takes membership in it.
  await sql(`grant ${quoted(owner)} to current_user`);
  if (!(await findDatabase(sql, unfinished)).exists)
    await sql(`create database ${quoted(unfinished)} owner ${quoted(owner)} connection limit ${limit}`);
  await commentOn(sql, 'database', unfinished, key);
  await sql(`alter database ${quoted(unfinished)} rename to ${quoted(name)}`);
}
