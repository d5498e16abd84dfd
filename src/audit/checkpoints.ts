import type { Changes } from '../platform/changes/index.js';
import type { Transactions, Tx } from '../platform/database/index.js';
import { AppError } from '../shared/index.js';
import { type CheckpointBody, checkpointBytes, rootOf, sha256 } from './checkpoint-body.js';
import { checkpointMark } from './checkpoint-mark.js';
import type { CheckpointSink } from './checkpoint-sink.js';
import { isRetired } from './key-ring.js';
import type { SigningKey } from './signing-key.js';
import type { WitnessedCheckpoint } from './verify.js';

const LOCK = 7_263_518_842;

/** What stands in the audit channel about one. */
export interface CheckpointFacts extends WitnessedCheckpoint {
  readonly at: Date;
  /** How many events the chains held then. */
  readonly events: number;
}

interface LastRow {
  number: string;
  hash: string;
  body: Buffer;
  young: boolean;
}

interface Signed {
  body: CheckpointBody;
  hash: string;
  signature: string;
  posted: boolean;
}

class SigningKeyRetired extends AppError {
  readonly code = 'audit.signing_key_retired';
}

/** At most so often a checkpoint goes to the audit channel, and only when something happened: the channel is for events. */
const POST_EVERY_SECONDS = 900;

/**
 * Signs where every chain stands, each minute, idle or not, into the table and a second sink outside of the database. What
 * came after the last checkpoint is protected by the chains alone: whoever can bypass the triggers could rewrite that tail.
 */
export class Checkpoints {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: Changes,
    private key: SigningKey,
    private readonly sink: CheckpointSink,
  ) {}

  /**
   * Safe on every replica at any time: one of them writes, the others see that the last one is young enough.
   * @throws SigningKeyRetired when the key was replaced and this process has not got the new one
   */
  async tick(minimumAgeSeconds = 55, postEverySeconds = POST_EVERY_SECONDS): Promise<boolean> {
    const written = await this.transactions.run(async (tx) => {
      await lockCheckpoints(tx);
      const last = await lastOf(tx, minimumAgeSeconds);
      return last?.young === true ? null : this.write(tx, last, postEverySeconds);
    });
    if (written === null) return false;
    await this.sink.append({ ...written.body, hash: written.hash, signature: written.signature });
    return true;
  }

  /** The key in use, read again if it was replaced since. @throws SigningKeyRetired */
  async signingKey(database: Pick<Transactions, 'query'> = this.transactions): Promise<SigningKey> {
    if (!(await isRetired(database, this.key.id))) return this.key;
    this.key = await this.key.reread();
    if (!(await isRetired(database, this.key.id))) return this.key;
    throw new SigningKeyRetired(
      `The audit signing key ${this.key.id} was replaced, and this process still has the old one: no checkpoint is signed. Events go on being chained. Set AUDIT_SIGNING_KEY to the new key and restart.`,
    );
  }

  /** Those that went to the audit channel, as they were signed. */
  async find(numbers: readonly number[]): Promise<CheckpointFacts[]> {
    const rows = await this.transactions.query<{ number: string; at: Date; hash: string; body: Buffer }>(
      'select number, at, hash, body from audit_checkpoints where number = any($1) order by number',
      [numbers],
    );
    return rows.map(({ number, at, hash, body }) => ({ number: Number(number), at, hash, events: eventsIn(body) }));
  }

  private async write(tx: Tx, last: LastRow | undefined, postEverySeconds: number): Promise<Signed> {
    const key = await this.signingKey(tx);
    const rows = await tx.query<{ head: string; at: Date }>(
      `select sequence || ':' || hash as head, clock_timestamp() as at from audit_heads order by chain`,
    );
    const heads = rows.map(({ head }) => head);
    const root = rootOf(heads);
    const posted = await mayPost(tx, root, postEverySeconds);
    const body: CheckpointBody = {
      number: Number(last?.number ?? 0) + 1,
      at: (rows[0]?.at ?? new Date(0)).toISOString(),
      root,
      // One that is posted says itself where the chains stand.
      heads: !posted && last !== undefined && bodyOf(last.body).root === root ? null : heads,
      previousHash: last?.hash ?? '',
    };
    const bytes = checkpointBytes(body);
    const signed = { body, hash: sha256(bytes), signature: key.sign(bytes), posted };
    await tx.query(
      'insert into audit_checkpoints (number, at, body, previous_hash, hash, signature, posted) values ($1, $2, $3, $4, $5, $6, $7)',
      [body.number, body.at, bytes, body.previousHash, signed.hash, signed.signature, posted],
    );
    if (posted) await this.changes.mark(tx, { kind: 'audit', id: checkpointMark(body.number) });
    return signed;
  }
}

/** No checkpoint is written by anybody else until this transaction ends. */
export async function lockCheckpoints(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
}

/** The newest checkpoint; `young` if it is not as old as that. */
export async function lastOf(tx: Tx, minimumAgeSeconds = 0): Promise<LastRow | undefined> {
  const [last] = await tx.query<LastRow>(
    `select number, hash, body, at > clock_timestamp() - make_interval(secs => $1) as young
     from audit_checkpoints order by number desc limit 1`,
    [minimumAgeSeconds],
  );
  return last;
}

/** Something happened since the last one that was posted, and that was a while ago. */
async function mayPost(tx: Tx, root: string, everySeconds: number): Promise<boolean> {
  const [posted] = await tx.query<{ body: Buffer; young: boolean }>(
    `select body, at > clock_timestamp() - make_interval(secs => $1) as young
     from audit_checkpoints where posted order by number desc limit 1`,
    [everySeconds],
  );
  if (posted !== undefined) return !posted.young && bodyOf(posted.body).root !== root;
  const [any] = await tx.query('select 1 from audit_heads where sequence > 0 limit 1');
  return any !== undefined;
}

function bodyOf(bytes: Buffer): CheckpointBody {
  return JSON.parse(bytes.toString('utf8')) as CheckpointBody;
}

function eventsIn(body: Buffer): number {
  return (bodyOf(body).heads ?? []).reduce((sum, head) => sum + Number(head.split(':')[0]), 0);
}
