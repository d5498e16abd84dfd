import type { Transactions } from '../platform/database/index.js';
import type { CheckpointSink } from './checkpoint-sink.js';
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

/**
 * Recomputes every chain and every checkpoint from the stored bytes. With the sink it also sees when the newest checkpoints
 * were taken out of the table together with what they signed.
 */
export async function verifyAudit(
  database: Pick<Transactions, 'query'>,
  key: SigningKey,
  sink?: CheckpointSink,
): Promise<VerifyReport> {
  const { checkpoints, vouched, finding } = await verifyCheckpoints(database, key);
  const chains = await verifyChains(database);
  const elsewhere = sink === undefined ? null : await againstSink(database, sink);
  const findings = [...chains.map((chain) => chain.finding), finding, elsewhere].filter((text) => text !== null);
  const events = chains.reduce((sum, chain) => sum + chain.events, 0);
  const signed = vouched.reduce((sum, sequence) => sum + sequence, 0);
  return { ok: findings.length === 0, events, checkpoints, unsigned: Math.max(0, events - signed), findings };
}

const PAGE = 500;

/** The sink may lack some (a crash between the two writings), but what it has must be in the table. */
async function againstSink(database: Pick<Transactions, 'query'>, sink: CheckpointSink): Promise<string | null> {
  let page = new Map<number, string>();
  for await (const { number, hash } of sink.entries()) {
    page.set(number, hash);
    if (page.size < PAGE) continue;
    const finding = await differing(database, page);
    if (finding !== null) return finding;
    page = new Map();
  }
  return differing(database, page);
}

async function differing(
  database: Pick<Transactions, 'query'>,
  page: ReadonlyMap<number, string>,
): Promise<string | null> {
  const rows = await database.query<{ number: string; hash: string }>(
    'select number, hash from audit_checkpoints where number = any($1)',
    [[...page.keys()]],
  );
  const stored = new Map(rows.map((row) => [Number(row.number), row.hash]));
  for (const [number, hash] of page) {
    if (!stored.has(number)) return `Checkpoint ${number} is in the second sink, but gone from the database.`;
    if (stored.get(number) !== hash) return `Checkpoint ${number} in the database is not the one in the second sink.`;
  }
  return null;
}
