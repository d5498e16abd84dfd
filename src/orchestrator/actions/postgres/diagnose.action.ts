import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { identifier, type PostgresTarget, type Sql } from './target.js';

const MAXIMUM_ROWS = 20;

type TableRow = Record<string, string | number | null>;

/** Looks, changes nothing. Query texts may hold anything: the report passes the redactor like everything that leaves. */
export function diagnoseAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:diagnose',
    title: 'Look at a database',
    input: z.strictObject({ database: identifier, what: z.enum(['connections', 'locks', 'size']) }),
    output: z.object({ report: z.string() }),
    state: z.object({}),
    examples: [{ title: 'Connections', input: { database: 'example_orders', what: 'connections' }, plan: 'none' }],
    plan: ({ database, what }) => Promise.resolve({ kind: 'none', summary: `Looks at the ${what} of ${database}` }),
    async apply({ database, what }, { signal }) {
      const report = await target.as(what === 'size' ? database : null, (sql) => REPORTS[what](sql, database), signal);
      return { state: {}, output: { report } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'a look leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}

/** Measuring a table takes a lock on it: one that is locked, or about to be, is not measured, or the look would wait with the others. */
const SIZES = `
  select n.nspname || '.' || c.relname as name, c.reltuples::bigint as rows,
    case when exists (
      select 1 from pg_locks l left join pg_index i on i.indexrelid = l.relation
      where l.mode = 'AccessExclusiveLock' and c.oid in (l.relation, i.indrelid)
        and l.database = (select oid from pg_database where datname = current_database())
    ) then null else pg_total_relation_size(c.oid) end as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema')`;

const REPORTS: Record<'connections' | 'locks' | 'size', (sql: Sql, database: string) => Promise<string>> = {
  async connections(sql, database) {
    const [limit] = await sql<{ limit: number; used: number }>(
      `select datconnlimit as limit, (select count(*)::int from pg_stat_activity where datname = $1) as used from pg_database where datname = $1`,
      [database],
    );
    if (limit === undefined) return `There is no database ${database}.`;
    const rows = await sql<TableRow>(
      `select usename as role, coalesce(nullif(application_name, ''), '-') as application, coalesce(state, '-') as state, count(*)::int as sessions,
         coalesce(max(extract(epoch from now() - state_change))::int, 0) || ' s' as longest
       from pg_stat_activity where datname = $1 group by 1, 2, 3 order by 4 desc limit ${MAXIMUM_ROWS}`,
      [database],
    );
    return `${limit.used} of ${limit.limit === -1 ? 'unlimited' : limit.limit} connections in use\n\n${table(rows)}`;
  },
  async locks(sql, database) {
    const rows = await sql<TableRow>(
      `select waiting.pid as waiting, waiting.usename as role, blocking.pid as blocked_by, blocking.state as its_state,
         extract(epoch from now() - waiting.state_change)::int || ' s' as for, left(regexp_replace(waiting.query, '\\s+', ' ', 'g'), 60) as query
       from pg_stat_activity waiting cross join lateral unnest(pg_blocking_pids(waiting.pid)) as blocker(pid)
       join pg_stat_activity blocking on blocking.pid = blocker.pid where waiting.datname = $1 order by waiting.state_change limit ${MAXIMUM_ROWS}`,
      [database],
    );
    return rows.length === 0 ? 'Nobody waits for a lock.' : table(rows);
  },
  async size(sql, database) {
    const [whole] = await sql<{ size: string }>('select pg_size_pretty(pg_database_size($1)) as size', [database]);
    await sql(`set lock_timeout = '3s'`);
    const rows = await sql<TableRow>(
      `select name as table, coalesce(pg_size_pretty(bytes), 'locked') as size, rows from (${SIZES}) as sizes
       order by bytes desc nulls first limit ${MAXIMUM_ROWS}`,
    );
    return `${whole?.size ?? '?'} in all\n\n${rows.length === 0 ? 'There are no tables.' : table(rows)}`;
  },
};

/** Columns of plain text, as wide as what is in them. */
function table(rows: readonly TableRow[]): string {
  const [first] = rows;
  if (first === undefined) return 'Nothing to show.';
  const names = Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '-')))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
