import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { startInstalledPostgres } from '../builders/installed-postgres.js';
import { PostgresBench } from '../builders/postgres-bench.js';

jest.setTimeout(120_000);

const installed = await startInstalledPostgres();
const folder = await mkdtemp(join(tmpdir(), 'quartermaster-backups-'));
afterAll(async () => {
  await installed?.stop();
  await rm(folder, { recursive: true, force: true });
});

const onInstalled = installed === null ? [] : [[installed.url, installed.programs] as const];

// Nothing here where the machine has no server; the builder says so.
for (const [url, programs] of onInstalled)
  describe.each(['superuser', 'plain'] as const)(
    'backups with the machine’s pg_dump, through a %s administrator',
    (kind) => {
      let postgres: PostgresBench;
      beforeAll(async () => {
        const found = { dump: join(programs, 'pg_dump'), restore: join(programs, 'pg_restore') };
        postgres = await PostgresBench.start(url, kind, { backups: { folder, programs: found } });
      });
      afterAll(() => postgres.stop());

      it('are written once, restored under another name for another owner, and checked', async () => {
        const [backup, restore] = [postgres.bench('postgres:backup'), postgres.bench('postgres:restore')];
        const { name, url: login } = await postgres.ready();
        await postgres.as(login, (client) =>
          client.query(`create extension citext; create schema shop; create table shop.lines (id serial primary key, who citext);
          insert into shop.lines (who) values ('Ada'), ('Ben')`),
        );
        expect(await backup.plan({ database: name })).toMatchObject({ kind: 'create' });
        const made = await backup.apply({ database: name });
        expect(await backup.apply({ database: name })).toEqual(made);
        expect(made.output).toMatchObject({
          backup: expect.stringMatching(/-[0-9a-f]{16}$/),
          bytes: expect.any(Number),
        });
        expect(await backup.read(made.state)).toMatchObject({ exists: true });
        await postgres.as(login, (client) => client.query('drop table shop.lines'));

        const other = await postgres.role();
        const input = {
          backup: String(made.output.backup),
          sha256: String(made.output.sha256),
          name: other.name,
          owner: other.name,
          connectionLimit: 5,
        };
        expect(await restore.plan(input)).toMatchObject({
          kind: 'create',
          summary: expect.stringContaining('as it was'),
        });
        const restored = await restore.apply(input);
        expect(await restore.apply(input)).toEqual(restored);
        await postgres.as((await postgres.secrets.get(other.secretRef)).url ?? '', async (client) => {
          expect((await client.query('select who from shop.lines order by id')).rows).toEqual([
            { who: 'Ada' },
            { who: 'Ben' },
          ]);
          await client.query(`insert into shop.lines (who) values ('Lea'); alter table shop.lines add column more int`);
        });
        expect(await restore.plan(input)).toMatchObject({ kind: 'cannot' });
        await restore.destroy(restored.state);
        await restore.destroy(restored.state);
        expect(await restore.read(restored.state)).toMatchObject({ exists: false });

        const file = join(folder, `${input.backup}.dump`);
        await writeFile(file, 'x', { flag: 'a' });
        await expect(restore.apply(input, 'key-2')).rejects.toThrow('not what was written');
        await writeFile(file, 'not a backup');
        await expect(restore.apply({ ...input, sha256: undefined } as never, 'key-3')).rejects.toThrow(
          'pg_restore did not work',
        );
        const half = await restore.intend(input, 'key-3');
        await restore.destroy(half, 'key-3');
        expect(await postgres.sql(`select 1 from pg_database where datname like 'qm_making_%'`)).toEqual([]);
        await backup.destroy(made.state);
        expect(await readdir(folder)).toContain(`${input.backup}.dump`);
      });

      it('leave nothing behind when they fail, and go away when they are to', async () => {
        const backup = postgres.bench('postgres:backup');
        const { name } = await postgres.ready();
        const stop = new AbortController();
        stop.abort();
        await expect(backup.apply({ database: name }, 'key-9', { signal: stop.signal })).rejects.toMatchObject({
          retryable: true,
        });
        expect((await readdir(folder)).filter((file) => file.startsWith(name))).toEqual([]);
        const made = await backup.apply({ database: name, undo: 'remove' }, 'key-8');
        await backup.destroy(made.state);
        await backup.destroy(made.state);
        expect((await readdir(folder)).filter((file) => file.startsWith(name))).toEqual([]);
        expect(await backup.read(made.state)).toMatchObject({ exists: false });
        expect(await backup.plan({ database: 'postgres' })).toMatchObject({ kind: 'cannot' });
      });
    },
  );

describe('backups that can’t be made', () => {
  let database: TestDatabase;
  const benches: PostgresBench[] = [];
  const bench = async (backups: object): Promise<PostgresBench> => {
    const made = await PostgresBench.start(database.serverUrl, 'plain', { backups });
    benches.push(made);
    return made;
  };
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    for (const made of benches) await made.stop();
    await database.drop();
  });

  it('say so in plain words: no folder, no program, or a program older than the server', async () => {
    const old = join(folder, 'old_pg_dump');
    await writeFile(old, '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.1"\n', { mode: 0o755 });
    const cases = [
      [{}, 'POSTGRES_BACKUP_DIR'],
      [{ folder, programs: { dump: null, restore: null } }, 'has no pg_dump'],
      [{ folder, programs: { dump: old, restore: old } }, 'of version 9'],
    ] as const;
    for (const [options, words] of cases) {
      const postgres = await bench(options);
      const { name } = await postgres.ready();
      const plan = await postgres.bench('postgres:backup').plan({ database: name });
      expect(plan).toEqual({ kind: 'cannot', summary: expect.stringContaining(words) });
      await expect(postgres.bench('postgres:backup').apply({ database: name })).rejects.toThrow(plan.summary);
    }
    const [first] = benches;
    const input = { backup: '../../etc/passwd', name: 'a', owner: 'a', connectionLimit: 1 };
    expect(first?.bench('postgres:restore').problems(input)).toEqual(['backup']);
  });
});
