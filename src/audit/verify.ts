import type { Transactions } from '../platform/database/index.js';
import { KeyRing } from './key-ring.js';
import type { SigningKey } from './signing-key.js';
import { verifyChains } from './verify-chains.js';
import { verifyCheckpoints } from './verify-checkpoints.js';

export interface VerifyReport {
  ok: boolean;
  events: number;
  checkpoints: number;
  /** Events after the last checkpoint: chained, but not yet signed. A rewrite of these can't be seen. */
  unsigned: number;
  /** What is wrong, the first finding of each chain and of the checkpoints, in plain words. */
  findings: string[];
}

/** Somebody else who was told of checkpoints: a file outside of the database, the audit channel. */
export interface CheckpointWitness {
  /** As in “Checkpoint 3 is in …”. */
  readonly name: string;
  entries(): AsyncIterable<WitnessedCheckpoint>;
}

export interface WitnessedCheckpoint {
  readonly number: number;
  readonly hash: string;
}

/**
 * Recomputes every chain and every checkpoint from the stored bytes. With witnesses it also sees when the newest checkpoints
 * were taken out of the table together with what they signed.
 */
export async function verifyAudit(
  database: Pick<Transactions, 'query'>,
  key: SigningKey,
  ...witnesses: readonly CheckpointWitness[]
): Promise<VerifyReport> {
  const ring = await KeyRing.of(database, key.public);
  const { checkpoints, vouched, finding } = await verifyCheckpoints(database, ring);
  const chains = await verifyChains(database);
  const elsewhere: (string | null)[] = [];
  for (const witness of witnesses) elsewhere.push(await against(database, witness));
  const said = [...chains.map((chain) => chain.finding), ring.finding, finding, ...elsewhere];
  const findings = said.filter((text) => text !== null);
  const events = chains.reduce((sum, chain) => sum + chain.events, 0);
  const signed = vouched.reduce((sum, sequence) => sum + sequence, 0);
  return { ok: findings.length === 0, events, checkpoints, unsigned: Math.max(0, events - signed), findings };
}

const PAGE = 500;

/** A witness may lack some (a crash between the two writings), but what it has must be in the table. */
async function against(database: Pick<Transactions, 'query'>, witness: CheckpointWitness): Promise<string | null> {
  let page: WitnessedCheckpoint[] = [];
  for await (const entry of witness.entries()) {
    page.push(entry);
    if (page.length < PAGE) continue;
    const finding = await differing(database, page, witness.name);
    if (finding !== null) return finding;
    page = [];
  }
  return differing(database, page, witness.name);
}

async function differing(
  database: Pick<Transactions, 'query'>,
  page: readonly WitnessedCheckpoint[],
  where: string,
): Promise<string | null> {
  const rows = await database.query<{ number: string; hash: string }>(
    'select number, hash from audit_checkpoints where number = any($1)',
    [page.map(({ number }) => number)],
  );
  const stored = new Map(rows.map((row) => [Number(row.number), row.hash]));
  for (const { number, hash } of page) {
    if (!stored.has(number)) return `Checkpoint ${number} is in ${where}, but gone from the database.`;
    if (stored.get(number) !== hash) return `Checkpoint ${number} in the database is not the one in ${where}.`;
  }
  return null;
}
