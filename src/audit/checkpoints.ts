import type { Transactions, Tx } from '../platform/database/index.js';
import { type CheckpointBody, checkpointBytes, rootOf, sha256 } from './checkpoint-body.js';
import type { CheckpointSink } from './checkpoint-sink.js';
import type { SigningKey } from './signing-key.js';

const LOCK = 7_263_518_842;

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
}

/**
 * Signs where every chain stands, each minute, idle or not, into the table and a second sink outside of the database. What
 * came after the last checkpoint is protected by the chains alone: whoever can bypass the triggers could rewrite that tail.
 */
export class Checkpoints {
  constructor(
    private readonly transactions: Transactions,
    private readonly key: SigningKey,
    private readonly sink: CheckpointSink,
  ) {}

  /** Safe on every replica at any time: one of them writes, the others see that the last one is young enough. */
  async tick(minimumAgeSeconds = 55): Promise<boolean> {
    const written = await this.transactions.run(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
      const [last] = await tx.query<LastRow>(
        `select number, hash, body, at > clock_timestamp() - make_interval(secs => $1) as young
         from audit_checkpoints order by number desc limit 1`,
        [minimumAgeSeconds],
      );
      return last?.young === true ? null : this.write(tx, last);
    });
    if (written === null) return false;
    await this.sink.append({ ...written.body, hash: written.hash, signature: written.signature });
    return true;
  }

  private async write(tx: Tx, last: LastRow | undefined): Promise<Signed> {
    const rows = await tx.query<{ head: string; at: Date }>(
      `select sequence || ':' || hash as head, clock_timestamp() as at from audit_heads order by chain`,
    );
    const heads = rows.map(({ head }) => head);
    const root = rootOf(heads);
    const previous = last === undefined ? null : (JSON.parse(last.body.toString('utf8')) as CheckpointBody);
    const body: CheckpointBody = {
      number: Number(last?.number ?? 0) + 1,
      at: (rows[0]?.at ?? new Date(0)).toISOString(),
      root,
      heads: previous?.root === root ? null : heads,
      previousHash: last?.hash ?? '',
    };
    const bytes = checkpointBytes(body);
    const signed = { body, hash: sha256(bytes), signature: this.key.sign(bytes) };
    await tx.query(
      'insert into audit_checkpoints (number, at, body, previous_hash, hash, signature) values ($1, $2, $3, $4, $5, $6)',
      [body.number, body.at, bytes, body.previousHash, signed.hash, signed.signature],
    );
    return signed;
  }
}
