import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { commentOn, findExtension, isMadeHere } from './ownership.js';
import { extensionName, identifier, type PostgresTarget, quoted, type Sql } from './target.js';

/** An extension in a database that was made here. One that was on before stays on. */
export function extensionAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:extension',
    title: 'PostgreSQL extension',
    input: z.strictObject({ database: identifier, extension: extensionName }),
    output: z.object({ extension: z.string(), version: z.string() }),
    state: z.object({ database: z.string(), extension: z.string(), key: z.string() }),
    examples: [
      {
        title: 'In a database that is not there',
        input: { database: 'example_missing', extension: 'citext' },
        plan: 'cannot',
      },
    ],

    async plan({ database, extension }) {
      await assertMadeHere(target, database);
      return target.as(database, async (sql) => {
        if ((await findExtension(sql, extension)).exists)
          return { kind: 'none', summary: `${extension} is on in ${database} already` };
        const missing = await missingFor(sql, extension);
        if (missing !== null) return { kind: 'cannot', summary: missing };
        return { kind: 'create', summary: `Extension ${extension} in ${database}` };
      });
    },

    intend: ({ database, extension }, { idempotencyKey: key }) => Promise.resolve({ database, extension, key }),

    async apply({ database, extension }, { idempotencyKey: key, labels, signal }) {
      await assertMadeHere(target, database);
      const version = await target.as(
        database,
        async (sql) => {
          if (!(await findExtension(sql, extension)).exists) {
            const missing = await missingFor(sql, extension);
            if (missing !== null) throw new ActionFailed(missing, false);
            await sql('begin');
            await sql(`create extension ${quoted(extension)}`);
            await commentOn(sql, 'extension', extension, { idempotencyKey: key, labels });
            await sql('commit');
          }
          const [row] = await sql<{ version: string }>(
            'select extversion as version from pg_extension where extname = $1',
            [extension],
          );
          return row?.version ?? '';
        },
        signal,
      );
      return { state: { database, extension, key }, output: { extension, version } };
    },

    async read({ database, extension }) {
      if (!(await isMadeHere(target, database))) return { exists: false, detail: `database ${database} is not there` };
      const { exists } = await target.as(database, (sql) => findExtension(sql, extension));
      return { exists, detail: `extension ${extension} is ${exists ? 'on' : 'off'}` };
    },

    /** Without `cascade`: what uses it is not ours. */
    async destroy({ database, extension, key }, { signal }) {
      if (!(await isMadeHere(target, database))) return;
      await target.as(
        database,
        async (sql) => {
          if ((await findExtension(sql, extension)).key === key)
            await sql(`drop extension if exists ${quoted(extension)}`);
        },
        signal,
      );
    },
  });
}

async function assertMadeHere(target: PostgresTarget, database: string): Promise<void> {
  if (!(await isMadeHere(target, database)))
    throw new ActionFailed(`There is no database ${database} that was requested here. Request it first.`, false);
}

/** Why it can't be switched on, or null. */
async function missingFor(sql: Sql, extension: string): Promise<string | null> {
  const [row] = await sql<{ requires: string[] | null }>(
    `select v.requires::text[] as requires from pg_available_extensions a
     join pg_available_extension_versions v on v.name = a.name and v.version = a.default_version where a.name = $1`,
    [extension],
  );
  if (row === undefined) return `The server does not have the extension ${extension}.`;
  const there = await sql<{ name: string }>('select extname as name from pg_extension');
  const missing = (row.requires ?? []).filter((wanted) => !there.some(({ name }) => name === wanted));
  return missing.length === 0 ? null : `${extension} needs ${missing.join(', ')}, which is off. Switch that on first.`;
}
