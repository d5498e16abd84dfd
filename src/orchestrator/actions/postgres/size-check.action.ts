import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { identifier, type PostgresTarget } from './target.js';

const MEGABYTE = 1_048_576;

/** How large a database is; fails when it is larger than it may be, before a step that depends on it. */
export function sizeCheckAction(target: PostgresTarget): AnyAction {
  const megabytesOf = (database: string, signal?: AbortSignal): Promise<number> =>
    target.as(
      null,
      async (sql) => {
        const [row] = await sql<{ bytes: string }>(
          'select pg_database_size(oid)::text as bytes from pg_database where datname = $1',
          [database],
        );
        if (row === undefined) throw new ActionFailed(`There is no database ${database}.`, false);
        return Math.ceil(Number(row.bytes) / MEGABYTE);
      },
      signal,
    );

  return defineAction({
    id: 'postgres:size-check',
    title: 'Check of a database’s size',
    input: z.strictObject({ database: identifier, atMostMegabytes: z.int().min(1).optional() }),
    output: z.object({ megabytes: z.int() }),
    state: z.object({}),
    examples: [
      {
        title: 'A database that is not there',
        input: { database: 'example_missing', atMostMegabytes: 500 },
        plan: 'cannot',
      },
    ],
    async plan({ database, atMostMegabytes: most }) {
      const megabytes = await megabytesOf(database);
      const sentence = `${database} has ${megabytes} MB`;
      if (most === undefined || megabytes <= most) return { kind: 'none', summary: sentence };
      return { kind: 'cannot', summary: `${sentence}, more than the ${most} MB this is for` };
    },
    async apply({ database, atMostMegabytes: most }, { signal }) {
      const megabytes = await megabytesOf(database, signal);
      if (most !== undefined && megabytes > most)
        throw new ActionFailed(`${database} has ${megabytes} MB, more than the ${most} MB this is for.`, false);
      return { state: {}, output: { megabytes } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'a check leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}
