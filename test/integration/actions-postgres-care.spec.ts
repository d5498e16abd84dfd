import { jest } from '@jest/globals';
import type { ActionBench } from '../builders/action-bench.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { PostgresBench } from '../builders/postgres-bench.js';

jest.setTimeout(60_000);

describe.each(['superuser', 'plain'] as const)('what a database needs later, through a %s administrator', (kind) => {
  let database: TestDatabase;
  let postgres: PostgresBench;
  beforeAll(async () => {
    database = await createTestDatabase();
    postgres = await PostgresBench.start(database.serverUrl, kind);
  });
  afterAll(async () => {
    await postgres.stop();
    await database.drop();
  });

  describe('postgres:grant', () => {
    let bench: ActionBench;
    let owner: { name: string; url: string };
    let reader: { name: string; url: string };
    beforeEach(async () => {
      bench = postgres.bench('postgres:grant');
      owner = await postgres.ready();
      const role = await postgres.role();
      const login = new URL((await postgres.secrets.get(role.secretRef)).url ?? '');
      login.pathname = `/${owner.name}`;
      reader = { name: role.name, url: login.href };
      await postgres.as(owner.url, (client) =>
        client.query('create table lines (id serial primary key, n int); insert into lines (n) values (7)'),
      );
    });
    const input = (level: string) => ({ database: owner.name, role: reader.name, level });

    it('lets a role read what is there and what comes, and takes exactly that away', async () => {
      await expect(postgres.as(reader.url, () => Promise.resolve())).rejects.toThrow(/permission denied/);
      expect(await bench.plan(input('read'))).toMatchObject({ kind: 'change' });
      const { state } = await bench.apply(input('read'));
      expect(await bench.apply(input('read'))).toEqual(await bench.apply(input('read')));
      await postgres.as(owner.url, (client) => client.query('create table later (n int)'));
      await postgres.as(reader.url, async (client) => {
        expect((await client.query('select n from lines')).rows).toEqual([{ n: 7 }]);
        expect((await client.query('select n from later')).rows).toEqual([]);
        await expect(client.query('insert into lines (n) values (8)')).rejects.toThrow(/permission denied/);
      });
      expect(await bench.plan(input('read'))).toMatchObject({ kind: 'none' });
      expect(await bench.read(state)).toMatchObject({ exists: true });
      await bench.destroy(state);
      await bench.destroy(state);
      expect(await bench.read(state)).toMatchObject({ exists: false });
      await expect(postgres.as(reader.url, () => Promise.resolve())).rejects.toThrow(/permission denied/);
    });

    it('leaves what the role had before, and shows what somebody took away', async () => {
      await postgres.sql(`grant connect on database ${owner.name} to ${reader.name}`);
      await postgres.sql(`grant select on lines to ${reader.name}`, [], owner.name);
      const { state } = await bench.apply(input('write'));
      await postgres.as(reader.url, (client) => client.query('insert into lines (n) values (8)'));
      await postgres.sql(`revoke insert on lines from ${reader.name}`, [], owner.name);
      expect(await bench.read(state)).toEqual({ exists: false, detail: expect.stringContaining('lacks 1 of') });
      await bench.destroy(state);
      await postgres.as(reader.url, async (client) => {
        expect((await client.query('select count(*)::int as n from lines')).rows).toEqual([{ n: 2 }]);
        await expect(client.query('delete from lines')).rejects.toThrow(/permission denied/);
      });
    });

    it('refuses what is not there, and everybody', async () => {
      for (const wrong of [{ schema: 'nowhere' }, { role: 'nobody_of_that_name' }, { database: 'postgres' }])
        expect(await bench.plan({ ...input('read'), ...wrong })).toMatchObject({ kind: 'cannot' });
      expect(bench.problems({ ...input('read'), role: 'public' })).toEqual(['role']);
      expect(bench.problems({ ...input('read'), role: 'pg_read_all_data' })).toEqual(['role']);
      expect(bench.problems(input('all'))).toEqual(['level']);
      const state = await bench.intend(input('read'));
      await postgres.sql(`drop database ${owner.name} with (force)`);
      await bench.destroy(state);
    });
  });

  describe('postgres:extension', () => {
    it('switches one on, adopts it, and switches it off; one that was on before stays on', async () => {
      const bench = postgres.bench('postgres:extension');
      const { name } = await postgres.ready();
      const input = { database: name, extension: 'citext' };
      expect(await bench.plan(input)).toMatchObject({ kind: 'create' });
      const { state, output } = await bench.apply(input);
      expect(output).toMatchObject({ extension: 'citext', version: expect.stringMatching(/^\d/) });
      expect(await bench.apply(input)).toMatchObject({ output });
      expect(await bench.plan(input)).toMatchObject({ kind: 'none' });
      const other = await bench.apply(input, 'key-2');
      await bench.destroy(other.state, 'key-2');
      expect(await bench.read(state)).toMatchObject({ exists: true });
      await bench.destroy(state);
      await bench.destroy(state);
      expect(await bench.read(state)).toMatchObject({ exists: false });
    });

    it('stays where something uses it, and says so; says what is missing', async () => {
      const bench = postgres.bench('postgres:extension');
      const { name, url } = await postgres.ready();
      const { state } = await bench.apply({ database: name, extension: 'citext' });
      await postgres.as(url, (client) => client.query('create table people (mail citext)'));
      await expect(bench.destroy(state)).rejects.toThrow('still depend on it');
      expect(await bench.plan({ database: name, extension: 'earthdistance' })).toEqual({
        kind: 'cannot',
        summary: expect.stringContaining('needs cube'),
      });
      expect(await bench.plan({ database: name, extension: 'no-such' })).toMatchObject({ kind: 'cannot' });
      await expect(bench.apply({ database: 'postgres', extension: 'citext' }, 'k3')).rejects.toThrow('requested here');
    });
  });

  describe('postgres:password-rotation', () => {
    it('gives a password that works while the former does not, the same for the same key, and puts the former back', async () => {
      const bench = postgres.bench('postgres:password-rotation');
      const { name, url, secretRef } = await postgres.ready();
      const input = { role: name, secretRef, endSessions: true };
      expect(await bench.plan(input)).toMatchObject({ kind: 'change' });
      const { state, output } = await bench.apply(input);
      expect((await bench.apply(input)).output).toEqual(output);
      const fresh = (await postgres.secrets.get(String(output.secretRef))).url ?? '';
      expect(fresh).not.toBe(url);
      expect(JSON.stringify([state, output, bench.reported])).not.toContain(new URL(fresh).password);
      const me = (at: string) =>
        postgres.as(at, async (client) => (await client.query('select current_user as me')).rows);
      expect(await me(fresh)).toEqual([{ me: name }]);
      await expect(me(url)).rejects.toThrow(/password/);
      const next = await bench.apply({ role: name, secretRef: String(output.secretRef) }, 'key-2');
      await bench.destroy(next.state, 'key-2');
      expect(await me(fresh)).toEqual([{ me: name }]);
      await bench.destroy(state);
      await bench.destroy(state);
      expect(await me(url)).toEqual([{ me: name }]);
      await expect(postgres.secrets.get(String(output.secretRef))).rejects.toThrow('no such secret');
    });

    it('touches no role that was not made here', async () => {
      const bench = postgres.bench('postgres:password-rotation');
      const name = postgres.name();
      await postgres.sql(`create role ${name} login password 'theirs'`);
      const { secretRef } = await postgres.ready();
      expect(await bench.plan({ role: name, secretRef })).toMatchObject({ kind: 'cannot' });
      await expect(bench.apply({ role: name, secretRef })).rejects.toThrow('requested here');
      await bench.destroy(await bench.intend({ role: name, secretRef }));
      expect(bench.problems({ role: name, secretRef: 'hunter2' })).toEqual(['secretRef']);
    });
  });

  describe('postgres:clone', () => {
    it('copies everything for a new owner, adopts it, and leaves the original as it is', async () => {
      const bench = postgres.bench('postgres:clone');
      const from = await postgres.ready();
      await postgres.as(from.url, (client) =>
        client.query(`create schema shop; create type shop.mood as enum ('good'); create table shop.lines (id serial primary key, m shop.mood);
          insert into shop.lines (m) values ('good'); create view shop.moods as select m from shop.lines;
          create function shop.one() returns int language sql as 'select 1'; create sequence shop.free`),
      );
      const { name, secretRef } = await postgres.role();
      const input = { from: from.name, name, owner: name, connectionLimit: 5 };
      expect(await bench.plan(input)).toMatchObject({ kind: 'create', summary: expect.stringMatching(/[kM]B/) });
      const { state, output } = await bench.apply(input);
      expect(output).toMatchObject({ database: name });
      expect(await bench.apply(input)).toEqual({ state, output });
      expect(await bench.read(state)).toMatchObject({ exists: true });
      await postgres.as((await postgres.secrets.get(secretRef)).url ?? '', async (client) => {
        await client.query(`insert into shop.lines (m) values ('good'); create table shop.mine (n int); alter view shop.moods rename to feelings;
          alter function shop.one() rename to uno; alter type shop.mood add value 'bad'; alter sequence shop.free rename to f; drop table shop.lines cascade`);
      });
      await postgres.as(from.url, async (client) => {
        expect((await client.query('select m from shop.moods')).rows).toEqual([{ m: 'good' }]);
      });
      await expect(postgres.as(from.url.replace(/\/\w+$/, `/${name}`), () => Promise.resolve())).rejects.toThrow(
        /permission denied/,
      );
      expect(await bench.plan(input)).toMatchObject({ kind: 'cannot' });
      await bench.destroy(state);
      await bench.destroy(state);
      expect(await bench.read(state)).toMatchObject({ exists: false });
    });

    it('says when somebody is in it, takes away what was half made, and copies nothing that was not requested', async () => {
      const bench = postgres.bench('postgres:clone');
      const [from, { name }] = [await postgres.ready(), await postgres.role()];
      const input = { from: from.name, name, owner: name, connectionLimit: 5 };
      await postgres.as(from.url, async (client) => {
        await client.query('select 1');
        expect((await bench.plan(input)).details?.join(' ')).toContain('only while nobody is');
        await expect(bench.apply(input)).rejects.toMatchObject({ retryable: true });
      });
      await bench.destroy(await bench.intend(input));
      expect(await bench.plan({ ...input, from: 'postgres' })).toMatchObject({ kind: 'cannot' });
      await expect(bench.apply({ ...input, from: 'postgres' }, 'key-2')).rejects.toThrow('requested here');
    });
  });

  it('postgres:size-check stops what a database is too large for', async () => {
    const bench = postgres.bench('postgres:size-check');
    const { name } = await postgres.ready();
    expect(await bench.plan({ database: name, atMostMegabytes: 1_000 })).toMatchObject({ kind: 'none' });
    expect(await bench.plan({ database: name, atMostMegabytes: 1 })).toMatchObject({ kind: 'cannot' });
    const { state, output } = await bench.apply({ database: name });
    expect(output.megabytes).toBeGreaterThan(1);
    await expect(bench.apply({ database: name, atMostMegabytes: 1 }, 'k2')).rejects.toThrow('more than the 1 MB');
    await expect(bench.apply({ database: 'no_such_database' }, 'k3')).rejects.toThrow('no database');
    expect(await bench.read(state)).toMatchObject({ exists: true });
    await bench.destroy(state);
  });
});
