import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { findDatabase } from './ownership.js';
import { identifier, type PostgresTarget } from './target.js';
import { dropMade } from './unfinished-database.js';

/** Takes a copy away that an earlier step made for the time being, such as the one of a restore drill; never another database. */
export function dropAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:drop',
    title: 'Removal of a copy of a database',
    input: z.strictObject({
      database: identifier,
      /** As postgres:restore or postgres:clone gave it. */
      madeBy: z.string().min(1).max(200),
    }),
    output: z.object({ database: z.string() }),
    state: z.object({}),
    examples: [
      { title: 'Of one that is gone already', input: { database: 'example_missing', madeBy: 'example' }, plan: 'none' },
    ],

    plan: ({ database, madeBy }) =>
      target.as(null, async (sql) => {
        const { exists, key } = await findDatabase(sql, database);
        if (!exists) return { kind: 'none', summary: `There is no database ${database}` };
        if (key !== madeBy) return { kind: 'cannot', summary: notThatStep(database) };
        return { kind: 'change', summary: `Database ${database} is removed, with all that is in it` };
      }),

    async apply({ database, madeBy }, { signal }) {
      await target.as(
        null,
        async (sql) => {
          const { exists, key } = await findDatabase(sql, database);
          if (exists && key !== madeBy) throw new ActionFailed(notThatStep(database), false);
          await dropMade(sql, { database, key: madeBy });
        },
        signal,
      );
      return { state: {}, output: { database } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'a removal leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}

function notThatStep(database: string): string {
  return `Database ${database} was not made by that step. It was not removed.`;
}
