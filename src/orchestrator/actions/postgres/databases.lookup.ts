import { z } from 'zod';
import { type AnyLookup, defineLookup } from '../../lookup.js';
import { MADE_HERE } from './ownership.js';
import type { PostgresTarget } from './target.js';

const MOST = 10_000;

/** Databases that were made here, by what their names begin with: `payments_production_`. */
export function databasesLookup(target: PostgresTarget): AnyLookup {
  return defineLookup({
    id: 'postgres:databases',
    title: 'PostgreSQL databases that were made here',
    // As identifier() writes names, so that a team's own name may stand here.
    input: z.strictObject({ prefix: z.string().trim().min(1).max(63).transform(asInNames) }),
    find: ({ prefix }, { signal }) =>
      target.as(
        null,
        async (sql) => {
          const rows = await sql<{ name: string }>(
            `select datname as name from pg_database
             where shobj_description(oid, 'pg_database') like $1 || '%' and starts_with(datname, $2) order by datname limit ${MOST}`,
            [MADE_HERE, prefix],
          );
          return rows.map(({ name }) => ({ value: name, title: name }));
        },
        signal,
      ),
  });
}

function asInNames(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
}
