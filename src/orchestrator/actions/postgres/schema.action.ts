import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { mendSchema, OWNER, schemaFacts } from './facts.js';
import { commentOn, findSchema, isMadeHere } from './ownership.js';
import { schemasLookup } from './schemas.lookup.js';
import { identifier, type PostgresTarget, quoted } from './target.js';

/** A schema in a database that was made here. */
export function schemaAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:schema',
    title: 'PostgreSQL schema',
    owns: true,
    lookup: schemasLookup(target),
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

    async plan({ database, schema }) {
      if (!(await isMadeHere(target, database)))
        return {
          kind: 'cannot',
          summary: `There is no database ${database} that was requested here. Request it first.`,
        };
      return target.as(database, async (sql) => {
        if ((await findSchema(sql, schema)).exists)
          return { kind: 'cannot', summary: `${database} has a schema ${schema} already. Choose another name.` };
        return { kind: 'create', summary: `Schema ${schema} in ${database}` };
      });
    },

    intend: ({ database, schema }, { idempotencyKey: key }) => Promise.resolve({ database, schema, key }),

    async apply({ database, schema, owner }, { idempotencyKey: key, labels, signal }) {
      if (!(await isMadeHere(target, database)))
        throw new ActionFailed(`There is no database ${database} that was requested here.`, false);
      await target.as(
        database,
        async (sql) => {
          const found = await findSchema(sql, schema);
          if (found.exists && found.key !== key)
            throw new ActionFailed(`${database} has a schema ${schema} already. Choose another name.`, false);
          if (found.exists) return;
          await sql('begin');
          await sql(`create schema ${quoted(schema)} authorization ${quoted(owner)}`);
          await commentOn(sql, 'schema', schema, { idempotencyKey: key, labels });
          await sql('commit');
        },
        signal,
      );
      return { state: { database, schema, key }, output: { schema } };
    },

    async read({ database, schema, key }) {
      if (!(await isMadeHere(target, database))) return { exists: false, detail: `database ${database} is not there` };
      return target.as(database, async (sql) => {
        if ((await findSchema(sql, schema)).key !== key)
          return { exists: false, detail: `schema ${schema} is not there, or not ours` };
        return { exists: true, detail: `schema ${schema} is there`, facts: await schemaFacts(sql, schema) };
      });
    },
    expects: ({ owner }) => ({ [OWNER]: owner }),
    mend: ({ database, schema }, wanted, { signal }) =>
      target.as(database, (sql) => mendSchema(sql, schema, wanted), signal),

    async destroy({ database, schema, key }, { signal }) {
      if (!(await isMadeHere(target, database))) return;
      await target.as(
        database,
        async (sql) => {
          if ((await findSchema(sql, schema)).key === key) await sql(`drop schema if exists ${quoted(schema)} cascade`);
        },
        signal,
      );
    },
  });
}
