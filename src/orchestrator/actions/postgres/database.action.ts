import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { changeInPlace, intendInPlace, planInPlace } from './database-in-place.js';
import { databasesLookup } from './databases.lookup.js';
import { CONNECTION_LIMIT, databaseFacts, mendDatabase, OWNER } from './facts.js';
import { findDatabase } from './ownership.js';
import { connectionLimit, extensionName, identifier, type PostgresTarget, quoted } from './target.js';
import { closeToOthers, dropMade, isMadeAlready, lookForMade, makeDatabase } from './unfinished-database.js';

/** A database that only its owner can reach. */
export function databaseAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:database',
    title: 'PostgreSQL database',
    owns: true,
    lookup: databasesLookup(target),
    input: z.strictObject({
      name: identifier,
      owner: identifier,
      extensions: z.array(extensionName).max(20),
      connectionLimit,
    }),
    output: z.object({ database: z.string(), host: z.string(), port: z.int() }),
    state: z.object({
      database: z.string(),
      key: z.string(),
      extensions: z.array(z.string()).nullable().default(null),
    }),
    changesInPlace: true,
    examples: [
      {
        title: 'A database for orders',
        input: { name: 'example_orders', owner: 'example_orders', extensions: ['citext'], connectionLimit: 5 },
        plan: 'create',
      },
    ],

    async plan(wanted, { made }) {
      if (made !== null) return planInPlace(target, made.state, wanted);
      const { name, owner, extensions } = wanted;
      return target.as(null, async (sql) => {
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
      });
    },

    async intend({ name, extensions }, { idempotencyKey: key, made }) {
      if (made === null) return { database: name, key, extensions };
      return { ...made.state, extensions: await intendInPlace(target, made.state, extensions) };
    },

    async apply(wanted, { idempotencyKey: key, labels, signal, report, made, intended }) {
      const { name, owner, extensions, connectionLimit: limit } = wanted;
      const output = { database: name, host: target.host, port: target.port };
      if (made !== null) return { state: await changeInPlace(target, intended ?? made.state, wanted, signal), output };
      await target.as(
        null,
        async (sql) => {
          if (await isMadeAlready(sql, name, key)) await closeToOthers(sql, name, owner);
          else await makeDatabase(sql, { name, owner, limit, maker: { idempotencyKey: key, labels } });
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
      return { state: { database: name, key, extensions }, output };
    },

    read: (made) =>
      target.as(null, async (sql) => {
        const found = await lookForMade(sql, made);
        return found.exists ? { ...found, facts: await databaseFacts(sql, made.database) } : found;
      }),
    expects: ({ owner, connectionLimit: limit }) => ({ [OWNER]: owner, [CONNECTION_LIMIT]: limit }),
    mend: ({ database }, wanted, { signal }) => target.as(null, (sql) => mendDatabase(sql, database, wanted), signal),
    destroy: (made, { signal }) => target.as(null, (sql) => dropMade(sql, made), signal),
  });
}
