import { z } from 'zod';
import { ActionFailed } from '../../action.js';
import { type AnyLookup, defineLookup } from '../../lookup.js';
import { isMadeHere, MADE_HERE } from './ownership.js';
import { identifier, type PostgresTarget } from './target.js';

const MOST = 10_000;

/** The schemas of a database that was made here, PostgreSQL's own left out. */
export function schemasLookup(target: PostgresTarget): AnyLookup {
  return defineLookup({
    id: 'postgres:schemas',
    title: 'Schemas of a PostgreSQL database that was made here',
    input: z.strictObject({ database: identifier }),
    find: async ({ database }, { signal }) => {
      if (!(await isMadeHere(target, database)))
        throw new ActionFailed('There is no such database that was requested here.', false);
      return target.as(
        database,
        async (sql) => {
          const rows = await sql<{ name: string; ours: boolean }>(
            `select nspname as name, coalesce(obj_description(oid, 'pg_namespace') like $1 || '%', false) as ours from pg_namespace
             where nspname !~ '^pg_' and nspname <> 'information_schema' order by nspname limit ${MOST}`,
            [MADE_HERE],
          );
          return rows.map(({ name, ours }) => ({
            value: name,
            title: name,
            ...(ours && { description: 'Requested here' }),
          }));
        },
        signal,
      );
    },
  });
}
