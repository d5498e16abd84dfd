import type { Transactions } from '../platform/database/index.js';
import { CHAINS } from './chain.js';
import { type CheckpointBody, rootOf, sha256 } from './checkpoint-body.js';
import type { KeyRing } from './key-ring.js';

interface CheckpointRow {
  number: string;
  at: Date;
  body: Buffer;
  previous_hash: string;
  hash: string;
  signature: string;
}

interface Head {
  sequence: number;
  hash: string;
}

export interface CheckpointReport {
  checkpoints: number;
  /** Where the last sound checkpoint says the chains stand. */
  vouched: number[];
  finding: string | null;
}

const PAGE = 500;
const EMPTY: Head = { sequence: 0, hash: '' };

/** Follows the checkpoints from the first on, and looks up every event that one of them signed. Stops at the first that is wrong. */
export async function verifyCheckpoints(
  database: Pick<Transactions, 'query'>,
  ring: KeyRing,
): Promise<CheckpointReport> {
  const walk = new CheckpointWalk(ring);
  for (;;) {
    const rows = await database.query<CheckpointRow>(
      'select number, at, body, previous_hash, hash, signature from audit_checkpoints where number > $1 order by number limit $2',
      [walk.count, PAGE],
    );
    for (const row of rows) {
      const moved = walk.step(row);
      const finding = typeof moved === 'string' ? moved : await missing(database, moved, row.number);
      if (finding !== null) return walk.report(finding);
    }
    if (rows.length < PAGE) break;
  }
  const [strays] = await database.query<{ count: number }>(
    'select count(*)::int as count from audit_checkpoints where number < 1',
  );
  if ((strays?.count ?? 0) > 0) return walk.report('A checkpoint has a number below 1.');
  const missed = walk.count < ring.atLeast;
  return walk.report(missed ? `Checkpoint ${ring.atLeast}, at which the signing key was changed, is gone.` : null);
}

class CheckpointWalk {
  count = 0;
  private previousHash = '';
  private root: string | null = null;
  private heads: readonly Head[] = Array.from({ length: CHAINS }, () => EMPTY);

  constructor(private readonly ring: KeyRing) {}

  /** The heads that moved, or in a sentence what is wrong. */
  step(row: CheckpointRow): Map<number, Head> | string {
    const name = `Checkpoint ${row.number}`;
    const body = parsedOrNull(row.body);
    if (body === null || !this.follows(row, body)) return `${name} does not follow the one before it, or was changed.`;
    const pinned = this.ring.contradiction(body.number, row.hash);
    if (pinned !== null) return pinned;
    if (!this.ring.signerOf(body.number).verify(row.body, row.signature))
      return `${name} is not signed by ${this.ring.size === 1 ? 'this key' : 'the key of its time'}.`;
    const heads = body.heads === null ? this.heads : body.heads.map(headOf);
    const rootHolds = body.heads === null ? body.root === this.root : rootOf(body.heads) === body.root;
    if (!rootHolds || heads.length !== CHAINS) return `${name} contradicts itself.`;
    const moved = new Map<number, Head>();
    for (const [chain, head] of heads.entries()) {
      const before = this.heads[chain] ?? EMPTY;
      if (head.sequence < before.sequence) return `${name} says that chain ${chain} became shorter.`;
      if (head.sequence !== before.sequence || head.hash !== before.hash) moved.set(chain, head);
    }
    this.count += 1;
    this.previousHash = row.hash;
    this.root = body.root;
    this.heads = heads;
    return moved;
  }

  report(finding: string | null): CheckpointReport {
    return { checkpoints: this.count, vouched: this.heads.map(({ sequence }) => sequence), finding };
  }

  private follows(row: CheckpointRow, body: CheckpointBody): boolean {
    const number = this.count + 1;
    return (
      Number(row.number) === number &&
      body.number === number &&
      body.at === row.at.toISOString() &&
      body.previousHash === this.previousHash &&
      row.previous_hash === this.previousHash &&
      sha256(row.body) === row.hash
    );
  }
}

/** Whether every event that the checkpoint signed is there as it was signed. */
async function missing(
  database: Pick<Transactions, 'query'>,
  signed: ReadonlyMap<number, Head>,
  checkpoint: string,
): Promise<string | null> {
  if (signed.size === 0) return null;
  const rows = await database.query<{ chain: number; id: string; hash: string }>(
    `select chain, id, hash from audit_events join unnest($1::smallint[], $2::bigint[]) as signed (chain, sequence) using (chain, sequence)`,
    [[...signed.keys()], [...signed.values()].map(({ sequence }) => sequence)],
  );
  const found = new Map(rows.map((row) => [row.chain, row]));
  for (const [chain, head] of signed) {
    const row = found.get(chain);
    if (row === undefined)
      return `Chain ${chain}: checkpoint ${checkpoint} signed event ${head.sequence}, which is gone.`;
    if (row.hash !== head.hash)
      return `Chain ${chain}: event ${row.id} is not the one that checkpoint ${checkpoint} signed.`;
  }
  return null;
}

function headOf(text: string): Head {
  const [sequence = '', hash = ''] = text.split(':');
  return { sequence: Number(sequence), hash };
}

function parsedOrNull(bytes: Buffer): CheckpointBody | null {
  try {
    return JSON.parse(bytes.toString('utf8')) as CheckpointBody;
  } catch {
    return null;
  }
}
