import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { connectionLimit, identifier, type PostgresTarget, quoted, type Sql } from './target.js';

/** Changes how many connections a database and its owner may have; `destroy` puts the former limits back. */
export function connectionLimitAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:connection-limit',
    title: 'Connection limit of a database',
    input: z.strictObject({ database: identifier, limit: connectionLimit }),
    output: z.object({ limit: z.int(), previous: z.int() }),
    state: z.object({ database: z.string(), owner: z.string(), previous: z.int(), previousOfOwner: z.int() }),
    examples: [
      { title: 'A database that is not there', input: { database: 'example_missing', limit: 60 }, plan: 'cannot' },
    ],

    plan: ({ database, limit }) =>
      target.as(null, async (sql) => {
        const now = await limitsOf(sql, database);
        if (now === null) return { kind: 'cannot', summary: `There is no database ${database}.` };
        if (now.limit === limit) return { kind: 'none', summary: `The limit of ${database} is ${limit} already` };
        return { kind: 'change', summary: `Connection limit of ${database}: ${now.limit} → ${limit}` };
      }),

    // The former limits, read once: a repeated apply would find the new ones.
    intend: ({ database }) =>
      target.as(null, async (sql) => {
        const now = await limitsOf(sql, database);
        if (now === null) throw new ActionFailed(`There is no database ${database}.`, false);
        return { database, owner: now.owner, previous: now.limit, previousOfOwner: now.ownerLimit };
      }),

    async apply({ database, limit }, { intended, signal, report }) {
      if (intended === null) throw new ActionFailed('The former limit is not known.', false);
      const { owner, previous, previousOfOwner } = intended;
      await target.as(
        null,
        (sql) => setLimits(sql, database, owner, limit, previousOfOwner === -1 ? -1 : limit),
        signal,
      );
      report(`Connection limit of ${database}: ${previous} → ${limit}`);
      return { state: intended, output: { limit, previous } };
    },

    read: ({ database }) =>
      target.as(null, async (sql) => {
        const now = await limitsOf(sql, database);
        return {
          exists: now !== null,
          detail: now === null ? `database ${database} is gone` : `the limit is ${now.limit}`,
        };
      }),

    destroy: ({ database, owner, previous, previousOfOwner }, { signal }) =>
      target.as(
        null,
        async (sql) => {
          if ((await limitsOf(sql, database)) !== null)
            await setLimits(sql, database, owner, previous, previousOfOwner);
        },
        signal,
      ),
  });
}

async function limitsOf(
  sql: Sql,
  database: string,
): Promise<{ limit: number; owner: string; ownerLimit: number } | null> {
  const [row] = await sql<{ limit: number; owner: string; owner_limit: number }>(
    'select d.datconnlimit as limit, r.rolname as owner, r.rolconnlimit as owner_limit from pg_database d join pg_roles r on r.oid = d.datdba where d.datname = $1',
    [database],
  );
  return row === undefined ? null : { limit: row.limit, owner: row.owner, ownerLimit: row.owner_limit };
}

async function setLimits(sql: Sql, database: string, owner: string, limit: number, ownerLimit: number): Promise<void> {
  await sql('begin');
  await sql(`alter database ${quoted(database)} with connection limit ${limit}`);
  await sql(`alter role ${quoted(owner)} with connection limit ${ownerLimit}`);
  await sql('commit');
}
