import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { findRole, isMadeHere } from './ownership.js';
import { change, ownerOf, rightsFor, rightsOf } from './privileges.js';
import { identifier, type PostgresTarget, quoted, type Sql } from './target.js';

/** Beyond this the list of what a role had before would not fit into the record of a step. */
const MOST_KEPT = 500;

const state = z.object({
  database: z.string(),
  schema: z.string(),
  role: z.string(),
  level: z.enum(['read', 'write']),
  /** What the role had before: it keeps it. */
  before: z.array(z.string()),
});

/** Reading or writing in a schema of a database that was made here, also in tables that its owner makes later. */
export function grantAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:grant',
    title: 'Rights in a PostgreSQL database',
    input: z.strictObject({
      database: identifier,
      schema: identifier.default('public'),
      role: identifier.refine((role) => role !== 'public' && !role.startsWith('pg_'), 'must be one role'),
      level: z.enum(['read', 'write']),
    }),
    output: z.object({ role: z.string(), level: z.string() }),
    state,
    examples: [
      {
        title: 'In a database that is not there',
        input: { database: 'example_missing', schema: 'public', role: 'example_reports', level: 'read' },
        plan: 'cannot',
      },
    ],

    plan: (wanted) =>
      inside(target, wanted, async (sql) => {
        const { missing } = await compared(sql, wanted);
        const { role, level, schema, database } = wanted;
        const summary = `Role ${role} may ${level} in ${database}.${schema}`;
        if (missing.length === 0) return { kind: 'none', summary: `${summary} already` };
        return { kind: 'change', summary, details: ['Also in tables that the owner of the database makes later.'] };
      }),

    intend: ({ database, schema, role, level }) =>
      inside(target, { database, schema, role }, async (sql) => {
        const before = await rightsOf(sql, { schema, role });
        if (before.length > MOST_KEPT)
          throw new ActionFailed(`${role} has too many single rights in ${schema} to keep a list of them.`, false);
        return { database, schema, role, level, before };
      }),

    async apply(wanted, { intended, signal }) {
      if (intended === null) throw new ActionFailed('What the role might do before is not known.', false);
      await inside(
        target,
        wanted,
        async (sql) => {
          const { owner, missing } = await compared(sql, wanted);
          await sql(`grant ${quoted(owner)} to current_user`);
          await change(sql, 'grant', wanted, missing);
        },
        signal,
      );
      return { state: intended, output: { role: wanted.role, level: wanted.level } };
    },

    async read(kept) {
      if (!(await isMadeHere(target, kept.database)))
        return { exists: false, detail: `database ${kept.database} is not there` };
      return target.as(kept.database, async (sql) => {
        if (!(await findRole(sql, kept.role)).exists || (await ownerOf(sql, kept.schema)) === null)
          return { exists: false, detail: 'the role or the schema is not there' };
        const { missing } = await compared(sql, kept);
        const detail = missing.length === 0 ? 'may do all of it' : `lacks ${missing.length} of the rights`;
        return { exists: missing.length === 0, detail: `role ${kept.role} ${detail}` };
      });
    },

    async destroy(kept, { signal }) {
      if (!(await isMadeHere(target, kept.database))) return;
      await target.as(
        kept.database,
        async (sql) => {
          const whose = await ownerOf(sql, kept.schema);
          if (whose === null || !(await findRole(sql, kept.role)).exists) return;
          const held = await rightsOf(sql, kept);
          const given = await rightsFor(sql, kept, whose);
          await sql(`grant ${quoted(whose.owner)} to current_user`);
          const ours = held.filter((right) => given.includes(right) && !kept.before.includes(right));
          await change(sql, 'revoke', kept, ours);
        },
        signal,
      );
    },
  });
}

/** In the database, when it was made here and the role is there. */
async function inside<T>(
  target: PostgresTarget,
  { database, schema, role }: { database: string; schema: string; role: string },
  work: (sql: Sql) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!(await isMadeHere(target, database)))
    throw new ActionFailed(`There is no database ${database} that was requested here. Request it first.`, false);
  return target.as(
    database,
    async (sql) => {
      if (!(await findRole(sql, role)).exists) throw new ActionFailed(`There is no role ${role}.`, false);
      if ((await ownerOf(sql, schema)) === null)
        throw new ActionFailed(`There is no schema ${schema} in ${database}.`, false);
      return work(sql);
    },
    signal,
  );
}

async function compared(
  sql: Sql,
  wanted: { schema: string; role: string; level: 'read' | 'write' },
): Promise<{ owner: string; missing: string[] }> {
  const whose = await ownerOf(sql, wanted.schema);
  if (whose === null) throw new ActionFailed(`There is no schema ${wanted.schema}.`, false);
  const held = await rightsOf(sql, wanted);
  const needed = await rightsFor(sql, wanted, whose);
  return { owner: whose.owner, missing: needed.filter((right) => !held.includes(right)) };
}
