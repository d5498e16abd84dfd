import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { identifier, type PostgresTarget } from './target.js';

const STATES = {
  idle: ['idle'],
  'idle-in-transaction': ['idle in transaction', 'idle in transaction (aborted)'],
  all: ['idle', 'idle in transaction', 'idle in transaction (aborted)', 'active'],
};
const STUCK = `from pg_stat_activity where datname = $1 and backend_type = 'client backend' and pid <> pg_backend_pid()
  and state = any($2) and state_change <= now() - make_interval(mins => $3)`;

/** Ends sessions that have been in a state for too long. What they had not committed is lost: it can't be rolled back. */
export function terminateSessionsAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:terminate-sessions',
    title: 'End stuck sessions',
    input: z.strictObject({
      database: identifier,
      minutesIdle: z.int().min(0).max(10_080),
      mode: z.enum(['idle', 'idle-in-transaction', 'all']),
    }),
    output: z.object({ terminated: z.int() }),
    state: z.object({}),
    examples: [
      { title: 'Nobody to end', input: { database: 'example_missing', minutesIdle: 5, mode: 'idle' }, plan: 'none' },
    ],
    plan: ({ database, minutesIdle, mode }) =>
      target.as(null, async (sql) => {
        const [row] = await sql<{ n: number }>(`select count(*)::int as n ${STUCK}`, [
          database,
          STATES[mode],
          minutesIdle,
        ]);
        return {
          kind: (row?.n ?? 0) > 0 ? 'change' : 'none',
          summary: `Ends ${row?.n ?? 0} sessions of ${database}`,
        };
      }),
    async apply({ database, minutesIdle, mode }, { signal, report }) {
      const ended = await target.as(
        null,
        (sql) =>
          sql<{ ended: boolean }>(`select pg_terminate_backend(pid) as ended ${STUCK}`, [
            database,
            STATES[mode],
            minutesIdle,
          ]),
        signal,
      );
      const terminated = ended.filter((row) => row.ended).length;
      report(`Ended ${terminated} session${terminated === 1 ? '' : 's'}`);
      return { state: {}, output: { terminated } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'ended sessions leave nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}
