import { createHash } from 'node:crypto';
import { Transactions } from '../platform/database/index.js';
import { type AuditBody, bodyBytes, CHAINS, chainOf, linkHash } from './chain.js';
import type { CheckpointBody } from './checkpoints.js';
import type { SigningKey } from './signing-key.js';

export interface VerifyReport {
  ok: boolean;
  events: number;
  checkpoints: number;
  /** Events after the last checkpoint: chained, but not yet signed. */
  unsigned: number;
  /** What is wrong, the first finding of each chain, in plain words. */
  findings: string[];
}

interface EventRow {
  id: string;
  chain: number;
  sequence: string;
  at: Date;
  type: string;
  actor_kind: string;
  actor_id: string;
  subject_kind: string;
  subject_id: string;
  trace_id: string;
  summary: string;
  body: Buffer;
  previous_hash: string;
  hash: string;
}

const PAGE = 5_000;

/** Recomputes every chain and every checkpoint from the stored bytes. Reads page by page: memory stays flat. */
export async function verifyAudit(transactions: Transactions, key: SigningKey): Promise<VerifyReport> {
  const findings: string[] = [];
  const hashes = await checkpointedHashes(transactions, key, findings);
  let events = 0;
  let unsigned = 0;
  for (let chain = 0; chain < CHAINS; chain += 1) {
    const result = await verifyChain(transactions, chain, hashes.get(chain) ?? new Map<number, string>());
    events += result.events;
    unsigned += result.unsigned;
    if (result.finding !== null) findings.push(result.finding);
  }
  return { ok: findings.length === 0, events, checkpoints: hashes.count, unsigned, findings };
}

class Checkpointed extends Map<number, Map<number, string>> {
  count = 0;
}

/** Chain → sequence → hash that a signed checkpoint vouches for. */
async function checkpointedHashes(
  transactions: Transactions,
  key: SigningKey,
  findings: string[],
): Promise<Checkpointed> {
  const vouched = new Checkpointed();
  const rows = await transactions.query<{
    number: string;
    body: Buffer;
    previous_hash: string;
    hash: string;
    signature: string;
  }>('select number, body, previous_hash, hash, signature from audit_checkpoints order by number');
  let previous = '';
  for (const [index, row] of rows.entries()) {
    const name = `Checkpoint ${row.number}`;
    const body = parsed<CheckpointBody>(row.body);
    const sound =
      body !== null &&
      Number(row.number) === index + 1 &&
      body.number === index + 1 &&
      body.previousHash === previous &&
      row.previous_hash === previous &&
      createHash('sha256').update(row.body).digest('hex') === row.hash;
    if (!sound) return stop(vouched, findings, `${name} does not follow the one before it, or was changed.`);
    if (!key.verify(row.body, row.signature)) return stop(vouched, findings, `${name} is not signed by this key.`);
    for (const [chain, head] of body.heads.entries()) {
      const [sequence = '', hash = ''] = head.split(':');
      const ofChain = vouched.get(chain) ?? new Map<number, string>();
      vouched.set(chain, ofChain.set(Number(sequence), hash));
    }
    previous = row.hash;
    vouched.count += 1;
  }
  return vouched;
}

function stop(vouched: Checkpointed, findings: string[], finding: string): Checkpointed {
  findings.push(finding);
  return vouched;
}

async function verifyChain(
  transactions: Transactions,
  chain: number,
  vouched: ReadonlyMap<number, string>,
): Promise<{ events: number; unsigned: number; finding: string | null }> {
  let sequence = 0;
  let hash = '';
  const lastVouched = Math.max(0, ...vouched.keys());
  const broken = (what: string): { events: number; unsigned: number; finding: string } => ({
    events: sequence,
    unsigned: 0,
    finding: `Chain ${chain}: ${what}`,
  });
  for (;;) {
    const rows = await transactions.query<EventRow>(
      'select * from audit_events where chain = $1 and sequence > $2 order by sequence limit $3',
      [chain, sequence, PAGE],
    );
    for (const row of rows) {
      if (Number(row.sequence) !== sequence + 1) return broken(`event ${sequence + 1} is missing (next is ${row.id}).`);
      if (row.previous_hash !== hash) return broken(`event ${row.id} does not follow the one before it.`);
      if (linkHash(hash, row.body) !== row.hash || !columnsMatch(row))
        return broken(`event ${row.id} was changed after it was written.`);
      sequence += 1;
      hash = row.hash;
      const expected = vouched.get(sequence);
      if (expected !== undefined && expected !== hash)
        return broken(`event ${row.id} is not the one that a checkpoint signed.`);
    }
    if (rows.length < PAGE) break;
  }
  if (sequence < lastVouched)
    return broken(`events ${sequence + 1} to ${lastVouched} were signed by a checkpoint and are gone.`);
  const [head] = await transactions.query<{ sequence: string; hash: string }>(
    'select sequence, hash from audit_heads where chain = $1',
    [chain],
  );
  // Events may be appended while we read: the head can be ahead, never behind and never elsewhere at the same place.
  if (
    head === undefined ||
    Number(head.sequence) < sequence ||
    (Number(head.sequence) === sequence && head.hash !== hash)
  )
    return broken('its head does not match its last event.');
  return { events: sequence, unsigned: sequence - lastVouched, finding: null };
}

/** The readable columns repeat what the hashed bytes say; a change of either shows. */
function columnsMatch(row: EventRow): boolean {
  const body = parsed<AuditBody>(row.body);
  if (body === null || !bodyBytes(body).equals(row.body)) return false;
  return (
    body.id === row.id &&
    body.chain === row.chain &&
    body.sequence === Number(row.sequence) &&
    body.at === row.at.toISOString() &&
    body.type === row.type &&
    body.actor.kind === row.actor_kind &&
    body.actor.id === row.actor_id &&
    body.subject.kind === row.subject_kind &&
    body.subject.id === row.subject_id &&
    body.traceId === row.trace_id &&
    body.summary === row.summary &&
    chainOf(body.subject) === row.chain
  );
}

function parsed<T>(bytes: Buffer): T | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as T;
  } catch {
    return null;
  }
}
