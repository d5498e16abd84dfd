import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { type Backups, backupName } from './backups.js';
import { isMadeHere } from './ownership.js';
import { identifier, type PostgresTarget } from './target.js';

/** A copy of a database in a file, by pg_dump, as it was at one moment. */
export function backupAction(target: PostgresTarget, backups: Backups): AnyAction {
  return defineAction({
    id: 'postgres:backup',
    title: 'Backup of a PostgreSQL database',
    input: z.strictObject({
      database: identifier,
      /** What happens to the file when the step is taken back or the resource torn down. */
      undo: z.enum(['remove', 'keep']).default('keep'),
    }),
    output: z.object({ backup: z.string(), bytes: z.int(), sha256: z.string(), at: z.string() }),
    state: z.object({ backup: backupName, undo: z.enum(['remove', 'keep']), finished: z.boolean() }),
    examples: [{ title: 'Of a database that is not there', input: { database: 'example_missing' }, plan: 'cannot' }],

    async plan({ database, undo }) {
      if (!(await isMadeHere(target, database)))
        return { kind: 'cannot', summary: `There is no database ${database} that was requested here.` };
      const obstacle = await backups.obstacle('pg_dump', await target.majorVersion());
      if (obstacle !== null) return { kind: 'cannot', summary: obstacle };
      const kept = undo === 'keep' ? 'kept until somebody removes it' : 'removed with what it belongs to';
      return { kind: 'create', summary: `Backup of database ${database}`, details: [`The file is ${kept}.`] };
    },

    intend: ({ database, undo }, { idempotencyKey: key }) =>
      Promise.resolve({ backup: backups.nameFor(database, key), undo, finished: false }),

    async apply({ database, undo }, { idempotencyKey: key, signal, report }) {
      if (!(await isMadeHere(target, database)))
        throw new ActionFailed(`There is no database ${database} that was requested here.`, false);
      const obstacle = await backups.obstacle('pg_dump', await target.majorVersion());
      if (obstacle !== null) throw new ActionFailed(obstacle, false);
      const backup = backups.nameFor(database, key);
      report(`Writing ${backup}`);
      await backups.write(backup, database, target, signal);
      const found = await backups.find(backup);
      if (found === null) throw new ActionFailed(`The backup ${backup} is gone as soon as it was written.`, true);
      const sha256 = await backups.checksum(backup);
      const output = { backup, bytes: found.bytes, sha256, at: found.at.toISOString() };
      return { state: { backup, undo, finished: true }, output };
    },

    async read({ backup }) {
      const found = await backups.find(backup);
      return {
        exists: found !== null,
        detail: found === null ? `backup ${backup} is not there` : `backup ${backup} has ${found.bytes} bytes`,
      };
    },

    async destroy({ backup, undo, finished }) {
      if (undo === 'remove' || !finished) await backups.remove(backup);
    },
  });
}
