import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { findDatabase } from './ownership.js';
import { connectionLimit, identifier, type PostgresTarget, quoted, type Sql } from './target.js';
import { dropMade, isMadeAlready, lookForMade, makeDatabase } from './unfinished-database.js';

/** A copy of a database, with all that is in it, for a new owner. The server copies files, so nobody may be in the original meanwhile. */
export function cloneAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:clone',
    title: 'Copy of a PostgreSQL database',
    owns: true,
    input: z.strictObject({ from: identifier, name: identifier, owner: identifier, connectionLimit }),
    /** `madeBy` proves to postgres:drop that this very step made it. */
    output: z.object({ database: z.string(), host: z.string(), port: z.int(), madeBy: z.string() }),
    state: z.object({ database: z.string(), key: z.string() }),
    examples: [
      {
        title: 'Of a database that is not there',
        input: { from: 'example_missing', name: 'example_copy', owner: 'example_copy', connectionLimit: 5 },
        plan: 'cannot',
      },
    ],

    plan: ({ from, name, owner }) =>
      target.as(null, async (sql) => {
        if ((await findDatabase(sql, name)).exists)
          return { kind: 'cannot', summary: `A database named ${name} exists already. Choose another name.` };
        const { bytes, sessions } = await originalOf(sql, from);
        return {
          kind: 'create',
          summary: `Database ${name}, a copy of ${from} (${bytes})`,
          details: [
            `All of it belongs to ${owner}; nobody else may connect.`,
            ...(sessions > 0 ? [`${sessions} in ${from} just now: it can be copied only while nobody is.`] : []),
          ],
        };
      }),

    intend: ({ name }, { idempotencyKey: key }) => Promise.resolve({ database: name, key }),

    async apply({ from, name, owner, connectionLimit: limit }, { idempotencyKey: key, labels, signal }) {
      await target.as(
        null,
        async (sql) => {
          if (await isMadeAlready(sql, name, key)) return;
          const { owner: former } = await originalOf(sql, from);
          // To change what belongs to the former owner.
          await sql(`grant ${quoted(former)} to current_user`);
          const fill = (unfinished: string): Promise<void> =>
            target.as(unfinished, (copy) => giveAll(copy, former, owner), signal);
          await makeDatabase(sql, { name, owner, limit, maker: { idempotencyKey: key, labels } }, { from, fill });
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

/** What was requested here, or what the server's administrators marked as a template. */
async function originalOf(sql: Sql, from: string): Promise<{ owner: string; bytes: string; sessions: number }> {
  const [row] = await sql<{ owner: string; template: boolean; bytes: string; sessions: number }>(
    `select r.rolname as owner, d.datistemplate as template, pg_size_pretty(pg_database_size(d.oid)) as bytes,
       (select count(*)::int from pg_stat_activity a where a.datid = d.oid) as sessions
     from pg_database d join pg_roles r on r.oid = d.datdba where d.datname = $1`,
    [from],
  );
  if (row === undefined || (!row.template && (await findDatabase(sql, from)).key === null))
    throw new ActionFailed(
      `There is no database ${from} that was requested here, and no template of that name.`,
      false,
    );
  return row;
}

/**
 * What the one owns in this database belongs to the other from now on. Not `reassign owned`: that would also give away the databases
 * themselves. Sequences of columns go with their tables, what belongs to an extension stays.
 */
async function giveAll(sql: Sql, former: string, owner: string): Promise<void> {
  const statements = await sql<{ statement: string }>(
    `select format('alter %s %s owner to %I', replace(o.type, 'statistics object', 'statistics'), o.identity, $2::text) as statement
     from pg_shdepend s
     join pg_database d on d.oid = s.dbid and d.datname = current_database()
     join pg_roles r on r.oid = s.refobjid and r.rolname = $1
     cross join lateral pg_identify_object(s.classid, s.objid, 0) as o
     where s.refclassid = 'pg_authid'::regclass and s.deptype = 'o' and s.objsubid = 0
       and o.type in ('schema', 'table', 'view', 'materialized view', 'sequence', 'foreign table', 'function', 'procedure', 'aggregate',
         'type', 'collation', 'text search configuration', 'text search dictionary', 'statistics object', 'large object')
       and not exists (select 1 from pg_depend i where i.classid = s.classid and i.objid = s.objid and i.deptype in ('a', 'i', 'e')
         and (i.deptype = 'e' or s.classid = 'pg_class'::regclass))
     order by (o.type = 'schema') desc, s.objid`,
    [former, owner],
  );
  await sql('begin');
  await sql('revoke create on schema public from public');
  await sql(`grant all on schema public to ${quoted(owner)}`);
  if (former !== owner) for (const { statement } of statements) await sql(statement);
  await sql('commit');
}
