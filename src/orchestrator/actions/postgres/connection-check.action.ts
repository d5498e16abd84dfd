import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { identifier, type PostgresTarget } from './target.js';

/** Logs in with the very credentials that the person will get, and asks the server something. */
export function connectionCheckAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:connection-check',
    title: 'Check of a login',
    input: z.strictObject({ database: identifier, secretRef: z.string() }),
    output: z.object({ ok: z.boolean(), serverVersion: z.string() }),
    state: z.object({}),
    examples: [{ title: 'A login', input: { database: 'example_orders', secretRef: 'kv:example#1' }, plan: 'none' }],
    plan: ({ database }) => Promise.resolve({ kind: 'none', summary: `Logs in to ${database} and asks for the time` }),
    async apply({ database, secretRef }, { secrets, signal }) {
      const { username = '', password = '' } = await secrets.get(secretRef);
      const [row] = await target.login(
        { database, username, password },
        (sql) => sql<{ version: string }>(`select current_setting('server_version') as version`),
        signal,
      );
      return { state: {}, output: { ok: true, serverVersion: row?.version ?? 'unknown' } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'a check leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}
