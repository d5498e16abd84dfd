import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { type Backups, backupName } from './backups.js';
import { findDatabase } from './ownership.js';
import { connectionLimit, identifier, type PostgresTarget } from './target.js';
import { dropMade, isMadeAlready, lookForMade, makeDatabase } from './unfinished-database.js';

/** A backup into a database of its own. Under its name it is there as a whole, or not at all; no other database is overwritten. */
export function restoreAction(target: PostgresTarget, backups: Backups): AnyAction {
  return defineAction({
    id: 'postgres:restore',
    title: 'Database from a backup',
    owns: true,
    input: z.strictObject({
      backup: backupName,
      /** As postgres:backup gave it: a file that changed since is not restored. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
      name: identifier,
      owner: identifier,
      connectionLimit,
    }),
    /** `madeBy` proves to postgres:drop that this very step made it. */
    output: z.object({ database: z.string(), host: z.string(), port: z.int(), madeBy: z.string() }),
    state: z.object({ database: z.string(), key: z.string() }),
    examples: [
      {
        title: 'From a backup that is not there',
        input: {
          backup: 'example_missing-0123456789abcdef',
          name: 'example_restored',
          owner: 'example_restored',
          connectionLimit: 5,
        },
        plan: 'cannot',
      },
    ],

    async plan({ backup, name, owner }) {
      const obstacle = await backups.obstacle('pg_restore', await target.majorVersion());
      if (obstacle !== null) return { kind: 'cannot', summary: obstacle };
      const found = await backups.find(backup);
      if (found === null) return { kind: 'cannot', summary: `There is no backup ${backup}.` };
      if ((await target.as(null, (sql) => findDatabase(sql, name))).exists)
        return { kind: 'cannot', summary: `A database named ${name} exists already. Choose another name.` };
      const at = found.at.toISOString().slice(0, 16).replace('T', ' ');
      return {
        kind: 'create',
        summary: `Database ${name} as it was on ${at} UTC`,
        details: [`From ${backup}. All of it belongs to ${owner}; nobody else may connect.`],
      };
    },

    intend: ({ name }, { idempotencyKey: key }) => Promise.resolve({ database: name, key }),

    async apply({ backup, sha256, name, owner, connectionLimit: limit }, context) {
      const { idempotencyKey: key, labels, signal, report } = context;
      const obstacle = await backups.obstacle('pg_restore', await target.majorVersion());
      if (obstacle !== null) throw new ActionFailed(obstacle, false);
      const found = await backups.checksum(backup);
      if (sha256 !== undefined && found !== sha256)
        throw new ActionFailed(`The backup ${backup} is not what was written then. It was not restored.`, false);
      await target.as(
        null,
        async (sql) => {
          if (await isMadeAlready(sql, name, key)) return;
          report(`Reading ${backup}`);
          const fill = (database: string): Promise<void> => backups.read(backup, { database, owner }, target, signal);
          await makeDatabase(sql, { name, owner, limit, maker: { idempotencyKey: key, labels } }, { fill });
        },
        signal,
      );
      return {
        state: { database: name, key },
        output: { database: name, host: target.host, port: target.port, madeBy: key },
      };
    },

    read: (made) => target.as(null, (sql) => lookForMade(sql, made)),
    destroy: (made, { signal }) => target.as(null, (sql) => dropMade(sql, made), signal),
  });
}
