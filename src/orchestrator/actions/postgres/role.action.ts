import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  ActionFailed,
  type AnyAction,
  defineAction,
  type Facts,
  type Labels,
  type PlannedEffect,
} from '../../action.js';
import { CONNECTION_LIMIT, MAY_LOG_IN, mendRole, roleFacts } from './facts.js';
import { commentOn, findRole } from './ownership.js';
import { scramVerifier } from './scram.js';
import { connectionLimit, identifier, literal, type PostgresTarget, quoted, type Sql } from './target.js';

const PASSWORD_BYTES = 24;

/** A login role with a generated password, which is in the secret store before the role exists. */
export function roleAction(target: PostgresTarget): AnyAction {
  return defineAction({
    id: 'postgres:role',
    title: 'PostgreSQL login role',
    owns: true,
    // The database the credentials are for; by default it has the role's name.
    input: z
      .strictObject({ name: identifier, connectionLimit, database: identifier.optional() })
      .transform(({ database, ...rest }) => ({ ...rest, database: database ?? rest.name })),
    output: z.object({ role: z.string(), secretRef: z.string() }),
    state: z.object({ role: z.string(), key: z.string(), secretRef: z.string() }),
    changesInPlace: true,
    examples: [
      {
        title: 'A role for orders',
        input: { name: 'example_orders', connectionLimit: 5, database: 'example_orders' },
        plan: 'create',
      },
    ],

    plan: ({ name, connectionLimit: limit }, { made }) =>
      target.as(null, async (sql) => {
        if (made !== null) return planInPlace(sql, made.state, name, limit);
        const found = await findRole(sql, name);
        if (found.exists)
          return { kind: 'cannot', summary: `A role named ${name} exists already. Choose another name.` };
        return {
          kind: 'create',
          summary: `Login role ${name}, at most ${limit} connections`,
          details: ['Its password is generated and kept in the secret store.'],
        };
      }),

    intend: ({ name }, { idempotencyKey: key, labels, made }) =>
      Promise.resolve(made?.state ?? { role: name, key, secretRef: `kv:${secretPath(labels, name)}#0` }),

    async apply({ name, connectionLimit: limit, database }, { idempotencyKey: key, labels, secrets, signal, made }) {
      if (made !== null) {
        const { secretRef } = made.output;
        await target.as(null, (sql) => changeInPlace(sql, made.state, name, limit), signal);
        return {
          state: made.state,
          output: { role: name, secretRef: typeof secretRef === 'string' ? secretRef : made.state.secretRef },
        };
      }
      const credentials = { database, username: name, password: randomBytes(PASSWORD_BYTES).toString('base64url') };
      const data = {
        host: target.host,
        port: String(target.port),
        ...credentials,
        url: target.urlFor(credentials),
      };
      const secretRef = await secrets.put(secretPath(labels, name), data, { idempotencyKey: key });
      // A repeated call gets the password of the first one back.
      const { password = '' } = await secrets.get(secretRef);
      await target.as(
        null,
        async (sql) => {
          const found = await findRole(sql, name);
          if (found.exists && found.key !== key)
            throw new ActionFailed(
              `A role named ${name} exists already and is not ours to change. Choose another name.`,
              false,
            );
          const options = `login connection limit ${limit} password ${literal(scramVerifier(password))}`;
          await sql('begin');
          await sql(`${found.exists ? 'alter' : 'create'} role ${quoted(name)} with ${options}`);
          await commentOn(sql, 'role', name, { idempotencyKey: key, labels });
          await sql('commit');
        },
        signal,
      );
      return { state: { role: name, key, secretRef }, output: { role: name, secretRef }, secret: secretRef };
    },

    read: ({ role, key }) =>
      target.as(null, async (sql) => {
        const found = await findRole(sql, role);
        return {
          exists: found.key === key,
          detail: found.key === key ? `role ${role} is there` : `role ${role} is not there, or not ours`,
          ...(found.key === key && { facts: await roleFacts(sql, role) }),
        };
      }),
    expects: ({ connectionLimit: limit }) => ({ [CONNECTION_LIMIT]: limit, [MAY_LOG_IN]: true }),
    mend: ({ role }, wanted, { signal }) => target.as(null, (sql) => mendRole(sql, role, wanted), signal),

    async destroy({ role, key, secretRef }, { secrets, signal }) {
      await target.as(
        null,
        async (sql) => {
          if ((await findRole(sql, role)).key !== key) return;
          await sql(`alter role ${quoted(role)} with nologin`);
          await sql('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
          for (const database of await databasesWith(sql, role))
            await target.as(database, (there) => handOver(there, role), signal);
          await sql(`drop role if exists ${quoted(role)}`);
        },
        signal,
      );
      await secrets.remove(secretRef);
    },
  });
}

type LivingRole = Readonly<Record<'role' | 'key', string>>;

async function planInPlace(sql: Sql, living: LivingRole, name: string, limit: number): Promise<PlannedEffect> {
  const now = (await assertSame(sql, living, name))[CONNECTION_LIMIT];
  if (now === limit) return { kind: 'none', summary: `Login role ${name} is so already` };
  return { kind: 'change', summary: `Login role ${name}: connection limit ${String(now)} → ${limit}` };
}

/** Its password stays what it is. */
async function changeInPlace(sql: Sql, living: LivingRole, name: string, limit: number): Promise<void> {
  await assertSame(sql, living, name);
  await mendRole(sql, name, { [CONNECTION_LIMIT]: limit });
}

async function assertSame(sql: Sql, { role, key }: LivingRole, name: string): Promise<Facts> {
  if (role !== name) throw new ActionFailed(`Role ${role} can’t be renamed to ${name} while it is in use.`, false);
  if ((await findRole(sql, role)).key !== key)
    throw new ActionFailed(`Role ${role} is not there, or not ours. Reconcile it first.`, false);
  return roleFacts(sql, role);
}

/** Where the role still owns something or was granted something. */
async function databasesWith(sql: Sql, role: string): Promise<string[]> {
  const rows = await sql<{ database: string }>(
    `select distinct coalesce(d.datname, current_database()) as database
     from pg_shdepend s join pg_roles r on r.oid = s.refobjid left join pg_database d on d.oid = s.dbid
     where s.refclassid = 'pg_authid'::regclass and r.rolname = $1`,
    [role],
  );
  return rows.map((row) => row.database);
}

/** What it owned outside of what is taken down with it is kept, by the administrator; what it was granted ends. */
async function handOver(sql: Sql, role: string): Promise<void> {
  await sql(`grant ${quoted(role)} to current_user`);
  await sql(`reassign owned by ${quoted(role)} to current_user`);
  await sql(`drop owned by ${quoted(role)}`);
}

function secretPath({ team, resourceId }: Labels, role: string): string {
  return `postgres/${team}/${resourceId}/${role}`;
}
