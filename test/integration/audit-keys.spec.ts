import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Audit, CheckpointSink, Checkpoints, rotateKey, SigningKey, verifyAudit } from '../../src/audit/index.js';
import { Changes } from '../../src/platform/changes/index.js';
import type { Tx } from '../../src/platform/database/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { RandomIds } from '../../src/shared/index.js';
import { anEvent, freshSigningKey } from '../builders/audit.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

jest.setTimeout(60_000);

/** Thrown to undo what a forger did. */
class Undone extends Error {}

describe('the keys that sign checkpoints', () => {
  let database: TestDatabase;
  let folder: string;
  let file: string;
  let audit: Audit;
  let sink: CheckpointSink;
  const changes = new Changes();
  const ids = new RandomIds();

  beforeEach(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-keys-'));
    file = join(folder, 'audit-signing.key');
    audit = new Audit(database.transactions, changes, ids, new Redactor());
    sink = new CheckpointSink(join(folder, 'checkpoints.jsonl'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const bot = async () => new Checkpoints(database.transactions, changes, await SigningKey.load({ file }), sink);
  const append = () => database.transactions.run((tx) => audit.append(tx, anEvent()));
  const rotate = (pem?: string) =>
    rotateKey({ file, ...(pem !== undefined && { pem }) }, { transactions: database.transactions, audit, ids, sink });
  const verify = async (key?: SigningKey) =>
    verifyAudit(database.transactions, key ?? (await SigningKey.loadExisting({ file })), sink);
  async function sign(checkpoints: Checkpoints, times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await append();
      await checkpoints.tick(0);
    }
  }

  it('may be replaced again and again under a running bot; every old checkpoint still verifies', async () => {
    const checkpoints = await bot();
    const ids_: string[] = [];
    for (let round = 1; round <= 3; round += 1) {
      await sign(checkpoints, 2);
      const { old, next, lastNumber, fetchFrom } = await rotate();
      expect([lastNumber, fetchFrom]).toEqual([round * 2, null]);
      ids_.push(old, next);
    }
    await sign(checkpoints, 1);
    expect(new Set(ids_).size).toBe(4);
    expect((await checkpoints.signingKey()).id).toBe(ids_.at(-1));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await verify()).toMatchObject({ ok: true, checkpoints: 7, findings: [] });
    const told = await audit.page({ subjectIds: ['signing-key'], limit: 9 });
    expect(told.map(({ type }) => type)).toEqual(Array.from({ length: 3 }, () => 'audit.key_rotated'));
  });

  it('may be replaced before anything was signed', async () => {
    await SigningKey.load({ file });
    expect(await rotate()).toMatchObject({ lastNumber: 0 });
    await sign(await bot(), 1);
    expect(await verify()).toMatchObject({ ok: true, checkpoints: 1 });
  });

  it('wait for the operator when they are given by the environment; nothing is signed with the old one', async () => {
    await SigningKey.load({ file });
    const pem = await readFile(file, 'utf8');
    const source = { pem, file: join(folder, 'elsewhere.key') };
    const old = new Checkpoints(database.transactions, changes, await SigningKey.load(source), sink);
    await sign(old, 2);
    const parts = { transactions: database.transactions, audit, ids, sink };
    const first = await rotateKey(source, parts);
    expect(first.fetchFrom).toBe(`${source.file}.next`);
    expect(await rotateKey(source, parts)).toEqual(first);
    await append();
    await expect(old.tick(0)).rejects.toThrow(/was replaced, and this process still has the old one/);
    const given = { pem: await readFile(`${source.file}.next`, 'utf8'), file: source.file };
    const fresh = await SigningKey.load(given);
    await sign(new Checkpoints(database.transactions, changes, fresh, sink), 1);
    expect(await verify(fresh)).toMatchObject({ ok: true, checkpoints: 3 });
    expect((await rotateKey(given, parts)).old).toBe(first.next);
  });

  it('are replaced once when the command was killed after the database knew, and run again', async () => {
    const checkpoints = await bot();
    await sign(checkpoints, 1);
    const before = await readFile(file, 'utf8');
    const { next } = await rotate();
    // As a kill before the renaming leaves it.
    await writeFile(`${file}.next`, await readFile(file), { mode: 0o600 });
    await writeFile(file, before, { mode: 0o600 });
    await expect(checkpoints.tick(0)).rejects.toThrow(/still has the old one/);
    expect(await rotate()).toMatchObject({ next, lastNumber: 1 });
    await sign(checkpoints, 1);
    expect(await verify()).toMatchObject({ ok: true, checkpoints: 2 });
  });

  it('vouch for no trail that is not whole', async () => {
    await sign(await bot(), 2);
    await forging(async (tx) => {
      await tx.query(`update audit_events set summary = 'nothing' where sequence = 1`);
    });
    await expect(rotate()).rejects.toThrow(/not whole.*Nothing was changed/s);
    expect(await database.transactions.query('select * from audit_keys')).toEqual([]);
  });

  it('are of no use to who finds an old one', async () => {
    const checkpoints = await bot();
    await sign(checkpoints, 3);
    const stolen = await SigningKey.load({ pem: await readFile(file, 'utf8'), file });
    await rotate();
    await sign(checkpoints, 2);
    const thief = new Checkpoints(database.transactions, changes, stolen, new CheckpointSink(join(folder, 'theirs')));
    const after = async (forgery: (tx: Tx) => Promise<unknown>): Promise<string[]> => {
      const key = await SigningKey.loadExisting({ file });
      let findings: string[] = [];
      const undone = forging(async (tx) => {
        await forgery(tx);
        findings = (await verifyAudit(tx, key)).findings;
        throw new Undone();
      });
      await expect(undone).rejects.toThrow(Undone);
      return findings;
    };
    const resigned = async (tx: Tx, number: number): Promise<void> => {
      const [row] = await tx.query<{ body: Buffer }>('select body from audit_checkpoints where number = $1', [number]);
      await tx.query('update audit_checkpoints set signature = $2 where number = $1', [number, stolen.sign(row!.body)]);
    };
    expect(await after((tx) => resigned(tx, 4))).toEqual(['Checkpoint 4 is not signed by the key of its time.']);
    expect(await after((tx) => tx.query('delete from audit_checkpoints where number > 2'))).toEqual([
      'Checkpoint 3, at which the signing key was changed, is gone.',
    ]);
    expect(await after((tx) => tx.query('delete from audit_keys'))).toEqual([
      'Checkpoint 1 is not signed by this key.',
    ]);
    expect(await after((tx) => tx.query(`update audit_keys set body = body || ' '`))).not.toEqual([]);
    expect(
      await after(async (tx) => {
        await tx.query('delete from audit_checkpoints where number >= 3');
        await tx.query(
          `insert into audit_checkpoints select 3, at, body, previous_hash, md5(hash) || md5(hash), signature from audit_checkpoints where number = 2`,
        );
      }),
    ).toHaveLength(1);
    await expect(thief.tick(0)).rejects.toThrow(/was replaced/);
  });

  it('say when one does not lead to the key in use', async () => {
    const checkpoints = await bot();
    await sign(checkpoints, 1);
    const retired = await SigningKey.loadExisting({ file });
    await rotate();
    expect((await verify(retired)).findings).toContainEqual(
      expect.stringContaining('was replaced by another one. Verify with that one.'),
    );
    expect((await verify(await freshSigningKey())).findings[0]).toContain('does not lead to the key in use');
  });

  async function forging(work: (tx: Tx) => Promise<void>): Promise<void> {
    await database.transactions.run(async (tx) => {
      for (const table of ['audit_events', 'audit_checkpoints', 'audit_keys'])
        await tx.query(`alter table ${table} disable trigger all`);
      await work(tx);
    });
  }
});
