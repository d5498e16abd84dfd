import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { linkHash } from '../../src/audit/chain.js';
import { verifyAudit } from '../../src/audit/index.js';
import type { Tx } from '../../src/platform/database/index.js';
import { anEvent, auditOn, freshSigningKey } from '../builders/audit.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';

/** Many small verifications on a machine that may be busy. */
jest.setTimeout(120_000);

const SIGNED = 60;
const UNSIGNED = 6;

interface Row {
  id: string;
  chain: number;
  sequence: string;
  body: Buffer;
  hash: string;
}

/** Thrown to undo what a forger did. */
class Undone extends Error {}

describe('verifying the audit trail', () => {
  let database: TestDatabase;
  let folder: string;
  let setUp: Awaited<ReturnType<typeof auditOn>>;
  let signed: Row[];
  let unsigned: Row[];

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-audit-'));
    setUp = await auditOn(database, folder);
    const append = (n: number): Promise<void> =>
      database.transactions.run((tx) =>
        setUp.audit.append(
          tx,
          anEvent({ subject: { kind: 'request', id: `req-${n % 9}` }, summary: `event ${n}`, data: { n } }),
        ),
      );
    for (let n = 0; n < SIGNED; n += 1) {
      await append(n);
      if (n % 20 === 19) await setUp.checkpoints.tick(0);
    }
    await setUp.checkpoints.tick(0);
    const columns = 'id, chain, sequence, body, hash';
    signed = await database.transactions.query<Row>(`select ${columns} from audit_events order by chain, sequence`);
    for (let n = 0; n < UNSIGNED; n += 1) await append(n);
    unsigned = await database.transactions.query<Row>(
      `select ${columns} from audit_events where id <> all($1) order by chain, sequence`,
      [signed.map(({ id }) => id)],
    );
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** What the verifier says after somebody who owns the tables, triggers off, did this. Undone afterwards. */
  async function after(forgery: (tx: Tx) => Promise<unknown>, options: { withSink?: boolean } = {}): Promise<string[]> {
    let findings: string[] = [];
    const undone = database.transactions.run(async (tx) => {
      await tx.query('alter table audit_events disable trigger all');
      await tx.query('alter table audit_checkpoints disable trigger all');
      await tx.query('set constraints all deferred');
      await forgery(tx);
      findings = (await verifyAudit(tx, setUp.key, ...(options.withSink === true ? [setUp.sink] : []))).findings;
      throw new Undone();
    });
    await expect(undone).rejects.toThrow(Undone);
    return findings;
  }

  const anySigned = () => fc.nat({ max: SIGNED - 1 }).map((n) => signed[n]!);
  const anyEvent = () => fc.nat({ max: SIGNED + UNSIGNED - 1 }).map((n) => [...signed, ...unsigned][n]!);

  it('finds nothing wrong with what nobody touched, and says how much is not signed yet', async () => {
    expect(await verifyAudit(database.transactions, setUp.key, setUp.sink)).toEqual({
      ok: true,
      events: SIGNED + UNSIGNED,
      checkpoints: 4,
      unsigned: UNSIGNED,
      findings: [],
    });
  });

  it('names the event in which any byte of the stored bytes was changed', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (row, place, mask) => {
        const body = Buffer.from(row.body);
        body[place % body.length]! ^= mask;
        const findings = await after((tx) =>
          tx.query('update audit_events set body = $2 where id = $1', [row.id, body]),
        );
        expect(findings).toEqual([expect.stringContaining(`event ${row.id} was changed`)]);
      }),
      { numRuns: 120 },
    );
  });

  it('names the event of which any readable column was changed', async () => {
    const changes: Record<string, string> = {
      type: `type || '.'`,
      at: `at + interval '1 millisecond'`,
      actor_kind: `'system'`,
      actor_id: `'U-MAX'`,
      subject_kind: `'resource'`,
      subject_id: `subject_id || '0'`,
      trace_id: `''`,
      summary: `replace(summary, 'event', 'Event')`,
      hash: `md5(hash) || md5(hash)`,
    };
    const change = fc.constantFrom(...Object.entries(changes));
    await fc.assert(
      fc.asyncProperty(anyEvent(), change, async (row, [column, value]) => {
        const findings = await after((tx) =>
          tx.query(`update audit_events set ${column} = ${value} where id = $1`, [row.id]),
        );
        expect(findings[0]).toContain(row.id);
      }),
      { numRuns: 120 },
    );
  });

  it('sees that any event was taken out, or a stranger put in', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent(), async (row) => {
        expect(await after((tx) => tx.query('delete from audit_events where id = $1', [row.id]))).not.toEqual([]);
        const stranger = (tx: Tx) =>
          tx.query(
            `insert into audit_events select 'evt-forged', chain, sequence + 1000, at, type, actor_kind, actor_id, subject_kind,
               subject_id, trace_id, summary, body, hash, hash from audit_events where id = $1`,
            [row.id],
          );
        expect(await after(stranger)).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('sees that any two events changed places', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent(), anyEvent(), async (one, other) => {
        fc.pre(one.id !== other.id);
        const content = 'type, at, actor_kind, actor_id, subject_kind, subject_id, trace_id, summary, body';
        const findings = await after(async (tx) => {
          await tx.query('create temp table swap on commit drop as select * from audit_events where id = any($1)', [
            [one.id, other.id],
          ]);
          for (const [to, from] of [
            [one.id, other.id],
            [other.id, one.id],
          ])
            await tx.query(
              `update audit_events set (${content}) = (select ${content} from swap where id = $2) where id = $1`,
              [to, from],
            );
        });
        expect(findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  /** The cleverest forger: changes one event and makes everything after it in its chain consistent again, head and all. */
  async function rewriteFrom(tx: Tx, row: Row): Promise<void> {
    const later = await tx.query<Row & { previous_hash: string }>(
      'select * from audit_events where chain = $1 and sequence >= $2 order by sequence',
      [row.chain, row.sequence],
    );
    let hash = later[0]?.previous_hash ?? '';
    for (const [index, event] of later.entries()) {
      const text = event.body.toString('utf8');
      const body = Buffer.from(index === 0 ? text.replace('"summary":"event', '"summary":"Event') : text);
      const previous = hash;
      hash = linkHash(previous, body);
      await tx.query(`update audit_events set body = $2, summary = $3, previous_hash = $4, hash = $5 where id = $1`, [
        event.id,
        body,
        JSON.parse(body.toString()).summary,
        previous,
        hash,
      ]);
    }
    await tx.query('update audit_heads set hash = $2 where chain = $1', [row.chain, hash]);
  }

  it('sees a consistent rewrite of anything that a checkpoint signed', async () => {
    await fc.assert(
      fc.asyncProperty(anySigned(), async (row) => {
        const findings = await after((tx) => rewriteFrom(tx, row));
        expect(findings).toEqual([
          expect.stringMatching(`Chain ${row.chain}: event .* is not the one that checkpoint`),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it('can’t see, honestly, a consistent rewrite of what came after the last checkpoint', async () => {
    for (const row of unsigned) expect(await after((tx) => rewriteFrom(tx, row))).toEqual([]);
  });

  it('sees any change of a checkpoint', async () => {
    const change = fc.constantFrom(
      `hash = md5(hash) || md5(hash)`,
      `previous_hash = hash`,
      `signature = (select signature from audit_checkpoints where number = 1 + (c.number % 4))`,
      `at = at + interval '1 second'`,
      `body = set_byte(body, (length(body) - 5), get_byte(body, length(body) - 5) # 1)`,
      `number = number + 10`,
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), change, async (number, assignment) => {
        const findings = await after((tx) =>
          tx.query(`update audit_checkpoints c set ${assignment} where number = $1`, [number]),
        );
        expect(findings).toEqual([expect.stringContaining('Checkpoint ')]);
      }),
      { numRuns: 60 },
    );
  });

  it('accepts no signature of another key, of nothing, or of garbage', async () => {
    const other = await freshSigningKey();
    const [last] = await database.transactions.query<{ body: Buffer }>(
      'select body from audit_checkpoints where number = 4',
    );
    for (const signature of [other.sign(last!.body), '', 'AAAA', Buffer.alloc(64).toString('base64')]) {
      const findings = await after((tx) =>
        tx.query('update audit_checkpoints set signature = $1 where number = 4', [signature]),
      );
      expect(findings).toEqual(['Checkpoint 4 is not signed by this key.']);
    }
    expect((await verifyAudit(database.transactions, other)).findings).toEqual([
      'Checkpoint 1 is not signed by this key.',
    ]);
  });

  it('sees with the second sink that the newest checkpoints were taken out', async () => {
    const cut = (tx: Tx) => tx.query('delete from audit_checkpoints where number > 2');
    expect(await after(cut)).toEqual([]);
    expect(await after(cut, { withSink: true })).toEqual([
      'Checkpoint 3 is in the second sink, but gone from the database.',
    ]);
    const all = (tx: Tx) => tx.query('delete from audit_checkpoints');
    expect(await after(all, { withSink: true })).toHaveLength(1);
  });
});
