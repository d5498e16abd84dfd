import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type Audit, SigningKey, verifyAudit } from '../../src/audit/index.js';
import { createDataSource, Transactions } from '../../src/platform/database/index.js';
import { anEvent, auditOn } from '../builders/audit.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../builders/database.js';

jest.setTimeout(60_000);

describe('the audit trail', () => {
  let database: TestDatabase;
  let folder: string;
  let setUp: Awaited<ReturnType<typeof auditOn>>;
  let audit: Audit;

  beforeEach(async () => {
    database = await createTestDatabase({ poolSize: 20 });
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-audit-'));
    setUp = await auditOn(database, folder);
    audit = setUp.audit;
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const append = (event = anEvent()): Promise<void> => database.transactions.run((tx) => audit.append(tx, event));
  const verify = () => verifyAudit(database.transactions, setUp.key, setUp.sink);
  const inDatabase = <T>(sql: string): Promise<T[]> => database.transactions.query<T>(sql);

  it('gives a subject’s trail in order, and the newest of all', async () => {
    for (const summary of ['one', 'two', 'three']) await append(anEvent({ summary, data: { summary } }));
    await append(anEvent({ subject: { kind: 'resource', id: 'res-1' }, summary: 'other' }));
    const trail = await audit.trail({ kind: 'request', id: 'req-00000001' });
    expect(trail.map(({ summary, data }) => [summary, data])).toEqual(
      ['one', 'two', 'three'].map((summary) => [summary, { summary }]),
    );
    expect(await audit.trail({ kind: 'request', id: 'req-00000001' }, 2)).toEqual(trail.slice(1));
    const newest = await audit.page({ limit: 2 });
    expect(newest.map(({ summary }) => summary)).toEqual(['other', 'three']);
    expect((await audit.page({ limit: 9, before: newest[1]!.id })).map(({ summary }) => summary)).toEqual([
      'two',
      'one',
    ]);
    expect(await audit.find(newest[0]!.id)).toEqual(newest[0]);
  });

  it('marks each event for the audit channel, in the same transaction', async () => {
    await append();
    const [event] = await audit.page({ limit: 1 });
    expect(await inDatabase(`select subject_id as id from subject_marks where subject_kind = 'audit'`)).toEqual([
      { id: event?.id },
    ]);
  });

  it('leaves nothing of a change that was rolled back', async () => {
    const undone = database.transactions.run(async (tx) => {
      await audit.append(tx, anEvent());
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    await append();
    expect(await verify()).toMatchObject({ ok: true, events: 1 });
  });

  it('writes no secret', async () => {
    setUp.redactor.remember('hunter2-hunter2');
    await append(anEvent({ summary: 'set hunter2-hunter2', data: { note: ['hunter2-hunter2'], password: 'moon' } }));
    const [row] = await inDatabase<{ text: string }>(
      `select e::text || convert_from(body, 'utf8') as text from audit_events e`,
    );
    expect(row?.text).not.toMatch(/hunter2|moon/);
  });

  it('takes any text a person can type', async () => {
    const summary = 'nul \0, half a pair \uD800, “quotes”, 𝄞, \u202E, \u2028';
    await append(anEvent({ summary, data: { summary, ['key\0\uDFFF']: 1 } }));
    expect(await verify()).toMatchObject({ ok: true, events: 1, findings: [] });
  });

  it('keeps every chain unbroken when many connections append at once', async () => {
    const appends = Array.from({ length: 300 }, (_, n) =>
      append(anEvent({ subject: { kind: 'request', id: `req-${n % 23}` }, summary: `event ${n}` })),
    );
    const ticks = Array.from({ length: 5 }, () => setUp.checkpoints.tick(0));
    await Promise.all([...appends, ...ticks]);
    await setUp.checkpoints.tick(0);
    expect(await verify()).toEqual({ ok: true, events: 300, checkpoints: 6, unsigned: 0, findings: [] });
    const chains = await inDatabase('select distinct chain from audit_events');
    expect(chains.length).toBeGreaterThan(5);
  });

  it('can be verified while others append', async () => {
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; writing; n += 1)
        await append(anEvent({ subject: { kind: 'request', id: `req-${writer}-${n}` } }));
    });
    for (let round = 0; round < 5; round += 1) {
      await setUp.checkpoints.tick(0);
      expect((await verify()).findings).toEqual([]);
    }
    writing = false;
    await Promise.all(writers);
  });

  it.each([
    ['audit_events', `update audit_events set summary = 'nothing happened'`],
    ['audit_events', 'delete from audit_events'],
    ['audit_events', 'truncate audit_events'],
    ['audit_checkpoints', `update audit_checkpoints set signature = ''`],
    ['audit_checkpoints', 'delete from audit_checkpoints'],
    ['audit_checkpoints', 'truncate audit_checkpoints'],
  ])('refuses, also to a superuser who plays a replica, on %s: %s', async (table, statement) => {
    await append();
    await setUp.checkpoints.tick(0);
    await expect(database.transactions.query(statement)).rejects.toThrow(/append-only/);
    await asAdmin(
      database.serverUrl,
      async (admin) => {
        await admin.query('set session_replication_role = replica');
        await expect(admin.query(statement)).rejects.toThrow(`on ${table} is refused`);
      },
      new URL(database.url).pathname.slice(1),
    );
    expect(await verify()).toMatchObject({ ok: true, events: 1, checkpoints: 1 });
  });

  it('lets a role that doesn’t own it append and sign, with the rights that the README names, and nothing more', async () => {
    const readme = await readFile(new URL('../../src/audit/README.md', import.meta.url), 'utf8');
    const rights = /`(revoke all on audit_events[^`]*)`/.exec(readme)?.[1] ?? '';
    const role = `qm_test_role_${randomBytes(4).toString('hex')}`;
    await inDatabase(`create role ${role} login password 'moon'`);
    await inDatabase(`grant all on all tables in schema public to ${role}`);
    for (const statement of rights.split(';').filter((text) => text.trim() !== ''))
      await inDatabase(statement.replace('quartermaster', role));
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: 'moon' });
    const dataSource = await createDataSource({ url: url.href, poolSize: 2, migrations: [] });
    await dataSource.initialize();
    try {
      const own = await auditOn({ ...database, transactions: new Transactions(dataSource) }, folder);
      await new Transactions(dataSource).run((tx) => own.audit.append(tx, anEvent()));
      await own.checkpoints.tick(0);
      expect(await verifyAudit(new Transactions(dataSource), own.key)).toMatchObject({ ok: true, events: 1 });
      for (const forbidden of [
        'alter table audit_events disable trigger all',
        `update audit_events set summary = ''`,
        'delete from audit_checkpoints',
        'delete from audit_heads',
      ])
        await expect(dataSource.query(forbidden)).rejects.toThrow(/must be owner|permission denied/);
    } finally {
      await dataSource.destroy();
      await inDatabase(`drop owned by ${role}`);
      await inDatabase(`drop role ${role}`);
    }
  });

  describe('checkpoints', () => {
    it('are written once however many replicas tick, into the table and the second sink', async () => {
      const written = await Promise.all(Array.from({ length: 6 }, () => setUp.checkpoints.tick()));
      expect(written.filter(Boolean)).toHaveLength(1);
      const lines = (await readFile(join(folder, 'checkpoints.jsonl'), 'utf8')).trim().split('\n');
      expect(lines.map((line) => JSON.parse(line).number)).toEqual([1]);
      expect((await stat(join(folder, 'checkpoints.jsonl'))).mode & 0o077).toBe(0);
    });

    it('are written when idle too, and are small then', async () => {
      await append();
      await setUp.checkpoints.tick(0);
      await setUp.checkpoints.tick(0);
      const sizes = await inDatabase<{ size: number }>(
        'select length(body) as size from audit_checkpoints order by number',
      );
      expect(sizes[1]!.size).toBeLessThan(300);
      expect(await verify()).toMatchObject({ ok: true, checkpoints: 2, unsigned: 0 });
    });

    it('go on after a line of the sink that a crash tore', async () => {
      await setUp.checkpoints.tick(0);
      await writeFile(join(folder, 'checkpoints.jsonl'), '{"number":2,"ha', { flag: 'a' });
      await setUp.checkpoints.tick(0);
      const entries: number[] = [];
      for await (const { number } of setUp.sink.entries()) entries.push(number);
      expect(entries).toEqual([1, 2]);
      expect(await verify()).toMatchObject({ ok: true });
    });

    it('need the key: a file for its owner only, made at the first start, never by verifying', async () => {
      const file = join(folder, 'audit.key');
      await expect(SigningKey.loadExisting({ file })).rejects.toThrow(/no audit signing key/);
      const key = await SigningKey.load({ file });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const again = await SigningKey.loadExisting({ file });
      expect(again.public.verify(Buffer.from('x'), key.sign(Buffer.from('x')))).toBe(true);
      await expect(SigningKey.load({ pem: 'not a key', file })).rejects.toThrow(/not an Ed25519 private key/);
    });
  });
});
