import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { jest } from '@jest/globals';
import pg from 'pg';
import type { ApplyContext } from '../../src/orchestrator/action.js';
import { ActionFailed, ActionRegistry, builtInActions } from '../../src/orchestrator/index.js';
import { LocalSecretStore, Redactor } from '../../src/secrets/index.js';
import type { Json, JsonObject } from '../../src/shared/index.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../builders/database.js';

jest.setTimeout(60_000);

/** As in production the administrator need not be a superuser: it may create roles and databases, and no more. */
describe.each(['superuser', 'plain'])('actions on a real PostgreSQL server, through a %s administrator', (kind) => {
  const admin = `qm_admin_${randomBytes(4).toString('hex')}`;
  let database: TestDatabase;
  let secrets: LocalSecretStore;
  let registry: ActionRegistry;
  const madeRoles: string[] = [];
  const madeDatabases: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    secrets = new LocalSecretStore(database.transactions, randomBytes(32), new Redactor());
    await sql(`create role ${admin} login password 'x' createrole createdb ${kind === 'superuser' ? 'superuser' : ''}`);
    const url = new URL(`${database.serverUrl}/postgres`);
    [url.username, url.password] = [admin, 'x'];
    registry = new ActionRegistry(
      builtInActions({ postgresUrl: url.href, git: { repositories: [], newDir: tmpdir() } }),
    );
  });
  afterAll(async () => {
    for (const name of madeDatabases) await sql(`drop database if exists ${name} with (force)`);
    for (const name of [...madeRoles, admin]) {
      if ((await sql('select 1 from pg_roles where rolname = $1', [name])).length === 0) continue;
      await sql(`drop owned by ${name}`);
      await sql(`drop role ${name}`);
    }
    await database.drop();
  });

  const sql = (text: string, values: unknown[] = [], where = 'postgres') =>
    asAdmin(database.serverUrl, async (client) => (await client.query(text, values)).rows, where);
  const fresh = (): string => {
    const name = `qmt_${randomBytes(6).toString('hex')}`;
    madeRoles.push(name);
    madeDatabases.push(name);
    return name;
  };
  const context = (key: string, more: Partial<ApplyContext<Json>> = {}): ApplyContext<Json> => ({
    idempotencyKey: key,
    signal: new AbortController().signal,
    attempt: 1,
    labels: { resourceId: 'res-test', team: 'payments', environment: 'development', requestId: 'req-test' },
    secrets,
    report: () => undefined,
    intended: null,
    made: null,
    ...more,
  });
  const apply = (id: string, input: JsonObject, key: string, more: Partial<ApplyContext<Json>> = {}) =>
    registry.get(id).apply(input, context(key, more));
  const makeRole = (name: string, key = `${name}:role`) =>
    apply('postgres:role', { name, connectionLimit: 5, database: name }, key);
  const makeDatabase = (name: string, key = `${name}:database`, extensions: string[] = []) =>
    apply('postgres:database', { name, owner: name, extensions, connectionLimit: 5 }, key);
  const ready = async () => {
    const name = fresh();
    const role = await makeRole(name);
    const made = await makeDatabase(name);
    const { url = '' } = await secrets.get(String(role.output.secretRef));
    return { name, role, made, url };
  };
  const connected = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  it('shows what there is for the options of a form: databases by the beginning of their name, and their schemas', async () => {
    const { name, url } = await ready();
    const client = await connected(url);
    await client.query('create schema by_hand');
    await client.end();
    const schema = await apply('postgres:schema', { database: name, schema: 'requested', owner: name }, `${name}:s`);
    expect(schema.output).toEqual({ schema: 'requested' });
    const look = { signal: new AbortController().signal };
    const databases = await registry.lookup('postgres:databases').find({ prefix: name.toUpperCase() }, look);
    expect(databases).toEqual([{ value: name, title: name }]);
    expect(await registry.lookup('postgres:schemas').find({ database: name }, look)).toEqual([
      { value: 'by_hand', title: 'by_hand' },
      { value: 'public', title: 'public' },
      { value: 'requested', title: 'requested', description: 'Requested here' },
    ]);
    await expect(registry.lookup('postgres:schemas').find({ database: 'postgres' }, look)).rejects.toThrow(
      'requested here',
    );
    await expect(registry.lookup('postgres:databases').find({ prefix: '' }, look)).rejects.toThrow('does not fit');
    expect(registry.lookups().map(({ id }) => id)).toEqual(['postgres:databases', 'postgres:schemas']);
  });

  it('writes for whom a thing was made behind its key, and knows what was made before it did so', async () => {
    const { name, made } = await ready();
    const comments = () =>
      sql(
        `select shobj_description(d.oid, 'pg_database') as database, shobj_description(r.oid, 'pg_authid') as role
         from pg_database d, pg_roles r where d.datname = $1 and r.rolname = $1`,
        [name],
      );
    const whose = 'resource=res-test team=payments environment=development request=req-test';
    expect(await comments()).toEqual([
      { database: `quartermaster:${name}:database ${whose}`, role: `quartermaster:${name}:role ${whose}` },
    ]);
    await sql(`comment on database ${name} is 'quartermaster:${name}:database'`);
    expect(await registry.get('postgres:database').read(made.state)).toMatchObject({ exists: true });
    expect(await makeDatabase(name)).toEqual(made);
    await registry.get('postgres:database').destroy(made.state, context('x'));
    expect(await registry.get('postgres:database').read(made.state)).toMatchObject({ exists: false });
  });

  it('plans what its examples say on a server where nothing of it is', async () => {
    // Those for Slack need one: see slack-actions.spec.ts.
    for (const action of registry.all().filter(({ id }) => !id.startsWith('slack:')))
      for (const example of action.examples)
        expect({ action: action.id, ...(await action.plan(example.input)) }).toMatchObject({
          action: action.id,
          kind: example.plan,
        });
  });

  describe('postgres:role', () => {
    it('gives credentials that work; the same key twice gives the same role and the same password', async () => {
      const { name, role, url } = await ready();
      const again = await makeRole(name);
      expect(again).toEqual(role);
      const client = await connected(url);
      expect((await client.query('select current_user as me')).rows).toEqual([{ me: name }]);
      await client.end();
    });

    it('leaves the password nowhere but in the secret store', async () => {
      const { name, role, url } = await ready();
      const { password } = new URL(url);
      expect(password.length).toBeGreaterThan(30);
      expect(JSON.stringify(role)).not.toContain(password);
      const [stored] = await sql('select rolpassword from pg_authid where rolname = $1', [name]);
      expect(stored.rolpassword).toMatch(/^SCRAM-SHA-256\$/);
      expect(stored.rolpassword).not.toContain(password);
    });

    it('goes on from where an attempt died that had stored the secret but made no role', async () => {
      const name = fresh();
      const [key, path] = [`${name}:role`, `postgres/payments/res-test/${name}`];
      await secrets.put(path, { username: name, password: 'kept-from-the-first-attempt' }, { idempotencyKey: key });
      const made = await makeRole(name, key);
      expect((await secrets.get(String(made.output.secretRef))).password).toBe('kept-from-the-first-attempt');
      expect(await sql('select 1 as there from pg_roles where rolname = $1', [name])).toHaveLength(1);
    });

    it('refuses a foreign role of the same name, and neither changes nor drops it', async () => {
      const name = fresh();
      await sql(`create role ${name} connection limit 7`);
      expect(await registry.get('postgres:role').plan({ name, connectionLimit: 5 })).toMatchObject({ kind: 'cannot' });
      await expect(makeRole(name)).rejects.toThrow(/exists already and is not ours/);
      const intended = await registry
        .get('postgres:role')
        .intend({ name, connectionLimit: 5 }, context(`${name}:role`));
      await registry.get('postgres:role').destroy(intended, context('undo'));
      expect(await sql('select rolconnlimit from pg_roles where rolname = $1', [name])).toEqual([{ rolconnlimit: 7 }]);
    });

    it('takes the role away with its sessions and its secret, keeps what it made elsewhere, and is harmless when repeated', async () => {
      const [{ name, role, made, url }, other] = [await ready(), await ready()];
      await sql(`grant create on database ${other.name} to ${name}`);
      await sql(`create schema kept authorization ${name}`, [], other.name);
      await sql(
        `create table kept.facts as select 42 as answer; alter table kept.facts owner to ${name}`,
        [],
        other.name,
      );
      const session = await connected(url);
      await registry.get('postgres:database').destroy(made.state, context('undo'));
      for (const _ of [1, 2]) await registry.get('postgres:role').destroy(role.state, context('undo'));
      expect(await sql('select 1 from pg_roles where rolname = $1', [name])).toEqual([]);
      await expect(secrets.get(String(role.output.secretRef))).rejects.toThrow(/gone/);
      expect(await sql('select answer from kept.facts', [], other.name)).toEqual([{ answer: 42 }]);
      expect(await registry.get('postgres:role').read(role.state)).toMatchObject({ exists: false });
      await session.end().catch(() => undefined);
    });
  });

  describe('postgres:database', () => {
    it('is open to its owner and to nobody else', async () => {
      const [mine, yours] = [await ready(), await ready()];
      const client = await connected(mine.url);
      await client.query('create table orders (id int); insert into orders values (1)');
      await client.end();
      const intruder = new URL(yours.url);
      intruder.pathname = `/${mine.name}`;
      await expect(connected(intruder.href)).rejects.toThrow(/permission denied/);
    });

    it('adopts what it made before, at whichever point the attempt died', async () => {
      const unfinished = async (name: string): Promise<string> => {
        const { unfinishedName } = await import('../../src/orchestrator/actions/postgres/ownership.js');
        return unfinishedName(`${name}:database`);
      };
      const afterCreate = fresh();
      await makeRole(afterCreate);
      await sql(`grant ${afterCreate} to ${admin}`);
      const inTheMaking = await unfinished(afterCreate);
      madeDatabases.push(inTheMaking);
      await asAdmin(database.serverUrl, (client) =>
        client.query(`create database ${inTheMaking} owner ${afterCreate}`),
      );
      await makeDatabase(afterCreate);
      expect(await sql('select 1 from pg_database where datname = $1', [inTheMaking])).toEqual([]);

      const whole = await ready();
      const { oid } = (await sql('select oid from pg_database where datname = $1', [whole.name]))[0];
      expect(await makeDatabase(whole.name)).toEqual(whole.made);
      expect(await sql('select oid from pg_database where datname = $1', [whole.name])).toEqual([{ oid }]);
    });

    it('never touches a foreign database of the same name, even one of the very same owner', async () => {
      const name = fresh();
      await makeRole(name);
      await sql(`create database ${name} owner ${name}`);
      expect(
        await registry.get('postgres:database').plan({ name, owner: name, extensions: [], connectionLimit: 5 }),
      ).toMatchObject({ kind: 'cannot', summary: expect.stringContaining('Choose another name') });
      await expect(makeDatabase(name)).rejects.toMatchObject({ retryable: false });
      await registry.get('postgres:database').destroy({ database: name, key: `${name}:database` }, context('undo'));
      expect(await sql('select 1 as there from pg_database where datname = $1', [name])).toEqual([{ there: 1 }]);
    });

    it('is made once when two workers apply the same key at the same time', async () => {
      const name = fresh();
      await makeRole(name);
      const results = await Promise.allSettled([makeDatabase(name), makeDatabase(name)]);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ retryable: true });
      await makeDatabase(name);
      expect(await sql('select count(*)::int as n from pg_database where datname = $1', [name])).toEqual([{ n: 1 }]);
      const { unfinishedName } = await import('../../src/orchestrator/actions/postgres/ownership.js');
      expect(await sql('select 1 from pg_database where datname = $1', [unfinishedName(`${name}:database`)])).toEqual(
        [],
      );
    });

    it('switches on extensions, and plans `cannot` for one the server does not have', async () => {
      const name = fresh();
      await makeRole(name);
      await makeDatabase(name, undefined, ['citext']);
      expect(await sql(`select 'A'::citext = 'a' as same`, [], name)).toEqual([{ same: true }]);
      const plan = await registry
        .get('postgres:database')
        .plan({ name: fresh(), owner: name, extensions: ['no_such_thing'], connectionLimit: 5 });
      expect(plan).toEqual({ kind: 'cannot', summary: 'The server does not have: no_such_thing.' });
    });

    it('is dropped with sessions in it, and harmless when repeated', async () => {
      const { name, made, url } = await ready();
      const session = await connected(url);
      for (const _ of [1, 2]) await registry.get('postgres:database').destroy(made.state, context('undo'));
      expect(await sql('select 1 from pg_database where datname = $1', [name])).toEqual([]);
      expect(await registry.get('postgres:database').read(made.state)).toMatchObject({ exists: false });
      await session.end().catch(() => undefined);
    });

    it('stops when its time is up, as something that may be tried again', async () => {
      const { name } = await ready();
      const stop = new AbortController();
      const blocker = await connected(`${database.serverUrl}/postgres`);
      await blocker.query('begin');
      await blocker.query(`alter database ${name} with connection limit 3`);
      const waiting = apply('postgres:connection-limit', { database: name, limit: 9 }, 'key', {
        signal: stop.signal,
        intended: { database: name, owner: name, previous: 5, previousOfOwner: 5 },
      });
      const waits = 'select 1 as waits from pg_stat_activity where wait_event_type = $1 and usename = $2';
      while ((await sql(waits, ['Lock', admin])).length === 0);
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ retryable: true });
      await blocker.query('rollback');
      await blocker.end();
    });
  });

  describe('postgres:schema', () => {
    it('makes one in a database that was made here, adopts it, and takes it away with what is in it', async () => {
      const { name } = await ready();
      const input = { database: name, schema: 'reporting', owner: name };
      const action = registry.get('postgres:schema');
      expect(await action.plan(input)).toMatchObject({ kind: 'create' });
      const made = await apply('postgres:schema', input, `${name}:schema`);
      expect(await apply('postgres:schema', input, `${name}:schema`)).toEqual(made);
      expect(await action.plan(input)).toMatchObject({ kind: 'cannot' });
      await sql('create table reporting.sums (n int)', [], name);
      for (const _ of [1, 2]) await action.destroy(made.state, context('undo'));
      expect(await action.read(made.state)).toMatchObject({ exists: false });
    });

    it('refuses a schema that is there already, and a database that was not made here', async () => {
      const { name } = await ready();
      await expect(apply('postgres:schema', { database: name, schema: 'public', owner: name }, 'k')).rejects.toThrow(
        /has a schema public already/,
      );
      const foreign = new URL(database.url).pathname.slice(1);
      const elsewhere = { database: foreign, schema: 'reporting', owner: name };
      await expect(apply('postgres:schema', elsewhere, 'k')).rejects.toThrow(/requested here/);
    });
  });

  describe('in an incident', () => {
    it('checks a login with the very credentials, and says so when they do not work', async () => {
      const { name, role } = await ready();
      const input = { database: name, secretRef: String(role.output.secretRef) };
      const { output } = await apply('postgres:connection-check', input, 'k');
      expect(output).toMatchObject({ ok: true, serverVersion: expect.stringMatching(/^\d+/) });
      await sql(`alter role ${name} password 'changed by somebody'`);
      await expect(apply('postgres:connection-check', input, 'k')).rejects.toThrow('refused the login');
    });

    it('ends the sessions that were meant, and no others', async () => {
      const [{ name, url }, other] = [await ready(), await ready()];
      const [stuck, idle, elsewhere] = [await connected(url), await connected(url), await connected(other.url)];
      await stuck.query('begin');
      await elsewhere.query('begin');
      const input = { database: name, minutesIdle: 0, mode: 'idle-in-transaction' };
      expect(await registry.get('postgres:terminate-sessions').plan(input)).toMatchObject({ kind: 'change' });
      const { output } = await apply('postgres:terminate-sessions', input, 'k');
      expect(output).toEqual({ terminated: 1 });
      await expect(stuck.query('select 1')).rejects.toThrow();
      await expect(idle.query('select 1 as one')).resolves.toMatchObject({ rowCount: 1 });
      await expect(elsewhere.query('select 1 as one')).resolves.toMatchObject({ rowCount: 1 });
      for (const client of [stuck, idle, elsewhere]) await client.end().catch(() => undefined);
    });

    it('raises a connection limit, and puts the former one back even if raising it was tried twice', async () => {
      const { name } = await ready();
      const action = registry.get('postgres:connection-limit');
      const limits = () =>
        sql(
          'select datconnlimit as limit, rolconnlimit as owner from pg_database join pg_roles r on r.oid = datdba where datname = $1',
          [name],
        );
      const input = { database: name, limit: 60 };
      expect(await action.plan(input)).toMatchObject({ kind: 'change', summary: expect.stringContaining('5 → 60') });
      const intended = await action.intend(input, context('k'));
      for (const _ of [1, 2]) await apply('postgres:connection-limit', input, 'k', { intended });
      expect(await limits()).toEqual([{ limit: 60, owner: 60 }]);
      for (const _ of [1, 2]) await action.destroy(intended, context('undo'));
      expect(await limits()).toEqual([{ limit: 5, owner: 5 }]);
    });

    it('shows who waits for whom, how many connections are used, and how large it is', async () => {
      const { name, url } = await ready();
      const [holder, waiter] = [await connected(url), await connected(url)];
      await holder.query('create table orders (id int)');
      await holder.query('begin; lock table orders');
      const waiting = waiter.query('select * from orders').catch(() => undefined);
      const report = async (what: string) =>
        String((await apply('postgres:diagnose', { database: name, what }, 'k')).output.report);
      while ((await report('locks')).startsWith('Nobody'));
      expect(await report('locks')).toMatch(/blocked_by.*\n.*select \* from orders/);
      expect(await report('connections')).toContain('2 of 5 connections in use');
      // A look must not wait for the very lock that it is to show.
      expect(await report('size')).toMatch(/in all\n\ntable +size +rows\npublic\.orders +locked/);
      await holder.query('rollback');
      expect(await report('size')).toMatch(/public\.orders +\d+ \w+/);
      await waiting;
      for (const client of [holder, waiter]) await client.end();
    });

    it('says in a sentence that a database is gone', async () => {
      await expect(apply('postgres:diagnose', { database: 'qmt_gone', what: 'size' }, 'k')).rejects.toThrow(
        ActionFailed,
      );
      await expect(apply('postgres:diagnose', { database: 'qmt_gone', what: 'size' }, 'k')).rejects.toThrow(
        'There is no such database',
      );
    });
  });
});
