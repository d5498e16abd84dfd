import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { Transactions } from '../platform/database/index.js';
import { canonicalJson } from '../shared/index.js';
import type { SigningKey } from './signing-key.js';

const LOCK = 7_263_518_842;

export interface CheckpointBody {
  number: number;
  at: string;
  /** One per chain, in order: `<sequence>:<hash>`. */
  heads: string[];
  previousHash: string;
}

/**
 * Signs where every chain stands, each minute, idle or not, into the table and a second sink outside of the database. What
 * came after the last checkpoint is protected by the chains alone: whoever can bypass the triggers could rewrite that tail.
 */
export class Checkpoints {
  constructor(
    private readonly transactions: Transactions,
    private readonly key: SigningKey,
    private readonly sinkFile: string,
  ) {}

  /** Safe on every replica at any time: one of them writes, the others see that the last one is young enough. */
  async tick(minimumAgeSeconds = 55): Promise<boolean> {
    const written = await this.transactions.run(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
      const [last] = await tx.query<{ number: string; hash: string; young: boolean }>(
        `select number, hash, at > clock_timestamp() - make_interval(secs => $1) as young from audit_checkpoints order by number desc limit 1`,
        [minimumAgeSeconds],
      );
      if (last?.young === true) return null;
      const heads = await tx.query<{ sequence: string; hash: string; at: Date }>(
        'select sequence, hash, clock_timestamp() as at from audit_heads order by chain',
      );
      const body: CheckpointBody = {
        number: Number(last?.number ?? 0) + 1,
        at: (heads[0]?.at ?? new Date(0)).toISOString(),
        heads: heads.map((head) => `${head.sequence}:${head.hash}`),
        previousHash: last?.hash ?? '',
      };
      const bytes = Buffer.from(canonicalJson(body), 'utf8');
      const hash = createHash('sha256').update(bytes).digest('hex');
      const signature = this.key.sign(bytes);
      await tx.query(
        'insert into audit_checkpoints (number, at, body, previous_hash, hash, signature) values ($1, $2, $3, $4, $5, $6)',
        [body.number, body.at, bytes, body.previousHash, hash, signature],
      );
      return { ...body, hash, signature };
    });
    if (written === null) return false;
    await appendFile(this.sinkFile, `${JSON.stringify(written)}\n`, { mode: 0o600 });
    return true;
  }
}
