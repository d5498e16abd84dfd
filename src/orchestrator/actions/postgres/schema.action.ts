import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { findDatabase } from './ownership.js';
import { identifier, literal, type PostgresTarget, plannable, quoted, type Sql } from './target.js';

const PREFIX = 'quartermaster:';

/** A schema in a database that was made here. */
export function schemaAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:schema',
    title: 'PostgreSQL schema',
    input: z.strictObject({ database: identifier, schema: identifier, owner: identifier }),
    output: z.object({ schema: z.string() }),
    state: z.object({ database: z.string(), schema: z.string(), key: z.string() }),
    examples: [
      {
        title: 'A schema in a database that is not there',
        input: { database: 'example_missing', schema: 'reporting', owner: 'example_missing' },
        plan: 'cannot',
      },
    ],

    plan: ({ database, schema }) =>
      plannable(async () => {
        if (!(await isMadeHere(target, database)))
          return {
            kind: 'cannot',
            summary: `There is no database ${database} that was requested here. Request it first.`,
          };
        return target.as(database, async (sql) => {
          if ((await schemaKey(sql, schema)) !== undefined)
            return { kind: 'cannot', summary: `${database} has a schema ${schema} already. Choose another name.` };
          return { kind: 'create', summary: `Schema ${schema} in ${database}` };
        });
      }),

    intend: ({ database, schema }, { idempotencyKey: key }) => Promise.resolve({ database, schema, key }),

    async apply({ database, schema, owner }, { idempotencyKey: key, signal }) {
      if (!(await isMadeHere(target, database)))
        throw new ActionFailed(`There is no database ${database} that was requested here.`, false);
      await target.as(
        database,
        async (sql) => {
          const found = await schemaKey(sql, schema);
          if (found !== undefined && found !== key)
            throw new ActionFailed(`${database} has a schema ${schema} already. Choose another name.`, false);
          await sql('begin');
          await sql(`create schema if not exists ${quoted(schema)} authorization ${quoted(owner)}`);
          await sql(`comment on schema ${quoted(schema)} is ${literal(PREFIX + key)}`);
          await sql('commit');
        },
        signal,
      );
      return { state: { database, schema, key }, output: { schema } };
    },

    async read({ database, schema, key }) {
      if (!(await isMadeHere(target, database))) return { exists: false, detail: `database ${database} is not there` };
      const found = await target.as(database, (sql) => schemaKey(sql, schema));
      return {
        exists: found === key,
        detail: found === key ? `schema ${schema} is there` : `schema ${schema} is not there, or not ours`,
      };
    },

    async destroy({ database, schema, key }, { signal }) {
      if (!(await isMadeHere(target, database))) return;
      await target.as(
        database,
        async (sql) => {
          if ((await schemaKey(sql, schema)) === key) await sql(`drop schema if exists ${quoted(schema)} cascade`);
        },
        signal,
      );
    },
  });
}

async function isMadeHere(target: PostgresTarget, database: string): Promise<boolean> {
  return (await target.as(null, (sql) => findDatabase(sql, database))).key !== null;
}

/** The key it was made under, null for a foreign one, undefined when there is none. */
async function schemaKey(sql: Sql, schema: string): Promise<string | null | undefined> {
  const [row] = await sql<{ comment: string | null }>(
    `select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = $1`,
    [schema],
  );
  if (row === undefined) return undefined;
  return row.comment?.startsWith(PREFIX) === true ? row.comment.slice(PREFIX.length) : null;
}
