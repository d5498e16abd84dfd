import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { identifier, type PostgresTarget, quoted, type Sql } from './target.js';

/** Whether anybody may connect to a database. Where not, open sessions are ended; what is in it stays. `destroy` puts it back. */
export function availabilityAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:availability',
    title: 'Availability of a database',
    input: z.strictObject({ database: identifier, available: z.boolean() }),
    output: z.object({ available: z.boolean() }),
    state: z.object({ database: identifier, previous: z.boolean() }),
    examples: [
      {
        title: 'A database that is not there',
        input: { database: 'example_missing', available: false },
        plan: 'cannot',
      },
    ],

    plan: ({ database, available }) =>
      target.as(null, async (sql) => {
        const now = await isAvailable(sql, database);
        if (now === null) return { kind: 'cannot', summary: `There is no database ${database}.` };
        if (now === available)
          return { kind: 'none', summary: `${database} ${available ? 'takes' : 'refuses'} connections already` };
        const summary = available
          ? `${database} takes connections again`
          : `${database} refuses connections, and open sessions are ended; what is in it stays`;
        return { kind: 'change', summary };
      }),

    intend: ({ database }) =>
      target.as(null, async (sql) => {
        const previous = await isAvailable(sql, database);
        if (previous === null) throw new ActionFailed(`There is no database ${database}.`, false);
        return { database, previous };
      }),

    async apply({ database, available }, { intended, signal, report }) {
      if (intended === null) throw new ActionFailed('What it was before is not known.', false);
      await target.as(null, (sql) => setAvailable(sql, database, available), signal);
      report(available ? `${database} takes connections` : `${database} refuses connections`);
      return { state: intended, output: { available } };
    },

    read: ({ database }) =>
      target.as(null, async (sql) => {
        const now = await isAvailable(sql, database);
        if (now === null) return { exists: false, detail: `database ${database} is gone` };
        return { exists: true, detail: `it ${now ? 'takes' : 'refuses'} connections` };
      }),

    destroy: ({ database, previous }, { signal }) =>
      target.as(
        null,
        async (sql) => {
          if ((await isAvailable(sql, database)) !== null) await setAvailable(sql, database, previous);
        },
        signal,
      ),
  });
}

async function isAvailable(sql: Sql, database: string): Promise<boolean | null> {
  const [row] = await sql<{ allowed: boolean }>('select datallowconn as allowed from pg_database where datname = $1', [
    database,
  ]);
  return row?.allowed ?? null;
}

async function setAvailable(sql: Sql, database: string, available: boolean): Promise<void> {
  await sql(`alter database ${quoted(database)} with allow_connections ${available}`);
  if (!available)
    await sql('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()', [
      database,
    ]);
}
