import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SecretNotFound, type SecretStore } from '../../../secrets/index.js';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { secretReference } from '../secret-reference.js';
import { findRole } from './ownership.js';
import { scramVerifier } from './scram.js';
import { identifier, literal, type PostgresTarget, quoted, type Sql } from './target.js';

const PASSWORD_BYTES = 24;

/** A new password for a role that was made here: first in the secret store, then on the server. `destroy` puts the former one back. */
export function passwordRotationAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:password-rotation',
    title: 'New password of a PostgreSQL role',
    input: z.strictObject({
      role: identifier,
      /** Its present credentials, as postgres:role gave them. */
      secretRef: secretReference.shape.ref,
      /** Sessions that logged in with the former password go on, unless they are to end. */
      endSessions: z.boolean().default(false),
    }),
    output: z.object({ role: z.string(), secretRef: z.string() }),
    state: z.object({ role: z.string(), former: z.string(), secretRef: z.string() }),
    examples: [
      {
        title: 'Of a role that is not there',
        input: { role: 'example_missing', secretRef: 'kv:postgres/example#1' },
        plan: 'cannot',
      },
    ],

    plan: ({ role, endSessions }) =>
      target.as(null, async (sql) => {
        await assertOurs(sql, role);
        const details = ['Applications have to take the new one; the former stops working at once.'];
        if (endSessions) details.push('Sessions that are open end.');
        return { kind: 'change', summary: `New password of role ${role}`, details };
      }),

    intend: ({ role, secretRef: former }, { idempotencyKey: key }) =>
      Promise.resolve({ role, former, secretRef: `kv:${placeBeside(former, key)}#0` }),

    async apply({ role, secretRef: former, endSessions }, { idempotencyKey: key, secrets, signal }) {
      const formerly = await secrets.get(former);
      const fresh = { ...formerly, password: randomBytes(PASSWORD_BYTES).toString('base64url') };
      const known = { database: formerly.database ?? role, username: role, password: fresh.password };
      const data = { ...fresh, username: role, url: target.urlFor(known) };
      const secretRef = await secrets.put(placeBeside(former, key), data, { idempotencyKey: key });
      // A repeated call gets the password of the first one back.
      const { password = '' } = await secrets.get(secretRef);
      await target.as(
        null,
        async (sql) => {
          await assertOurs(sql, role);
          await setPassword(sql, role, password);
          if (endSessions)
            await sql('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
        },
        signal,
      );
      return { state: { role, former, secretRef }, output: { role, secretRef } };
    },

    read: ({ role }) =>
      target.as(null, async (sql) => {
        const exists = (await findRole(sql, role)).key !== null;
        return { exists, detail: exists ? `role ${role} is there` : `role ${role} is not there, or not ours` };
      }),

    async destroy({ role, former, secretRef }, { secrets, signal }) {
      const password = await passwordIn(secrets, former);
      if (password !== null)
        await target.as(
          null,
          async (sql) => {
            if ((await findRole(sql, role)).key !== null) await setPassword(sql, role, password);
          },
          signal,
        );
      await secrets.remove(secretRef);
    },
  });
}

async function assertOurs(sql: Sql, role: string): Promise<void> {
  if ((await findRole(sql, role)).key === null)
    throw new ActionFailed(`There is no role ${role} that was requested here. Nothing was changed.`, false);
}

async function setPassword(sql: Sql, role: string, password: string): Promise<void> {
  await sql(`alter role ${quoted(role)} with password ${literal(scramVerifier(password))}`);
}

/** Gone together with what it was for: then there is nothing to put back. */
async function passwordIn(secrets: SecretStore, ref: string): Promise<string | null> {
  try {
    return (await secrets.get(ref)).password ?? null;
  } catch (error) {
    if (error instanceof SecretNotFound) return null;
    throw error;
  }
}

/** A place of its own: what is removed in the store is removed with all versions. However often it is rotated, the name stays short. */
function placeBeside(former: string, key: string): string {
  const path = former.replace(/^kv:|#\d+$/g, '').replace(/-rotated-[0-9a-f]{12}$/, '');
  return `${path}-rotated-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}
