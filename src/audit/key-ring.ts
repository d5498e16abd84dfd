import { z } from 'zod';
import type { Transactions, Tx } from '../platform/database/index.js';
import { canonicalJson } from '../shared/index.js';
import { type SigningKey, VerifyingKey } from './signing-key.js';

/** What a new key says about the one it replaces: up to which checkpoint that one signed, and what that checkpoint was. */
const endorsement = z.object({
  id: z.string(),
  publicKey: z.string(),
  successor: z.string(),
  lastNumber: z.int().min(0),
  lastHash: z.string(),
});
type Endorsement = z.infer<typeof endorsement>;

interface KeyRow {
  id: string;
  successor: string;
  body: Buffer;
  signature: string;
}

/** A key that signs no more. */
interface Retired {
  readonly key: VerifyingKey;
  readonly lastNumber: number;
  readonly lastHash: string;
}

/**
 * Who may have signed which checkpoint. The key in use is the only one that is trusted by itself; each older one is vouched for by
 * its successor, up to one checkpoint of one hash: who finds an old key can't use it for anything.
 */
export class KeyRing {
  private constructor(
    private readonly current: VerifyingKey,
    /** The oldest first. */
    private readonly retired: readonly Retired[],
    /** What is wrong with the table of keys, if anything is. */
    readonly finding: string | null,
  ) {}

  static async of(database: Pick<Transactions, 'query'>, current: VerifyingKey): Promise<KeyRing> {
    const rows = await database.query<KeyRow>('select id, successor, body, signature from audit_keys');
    const retired: Retired[] = [];
    let successor = current;
    for (;;) {
      const row = rows.find((candidate) => candidate.successor === successor.id);
      if (row === undefined) break;
      const known = vouchedFor(row, successor);
      if (known === null)
        return new KeyRing(current, retired, `The audit key ${row.id} is not vouched for by its successor.`);
      retired.unshift(known);
      if (retired.length > rows.length) break;
      successor = known.key;
    }
    return new KeyRing(current, retired, strange(rows, retired, current));
  }

  /** The key that signed this checkpoint, if it is genuine. */
  signerOf(number: number): VerifyingKey {
    return this.retired.find(({ lastNumber }) => number <= lastNumber)?.key ?? this.current;
  }

  /** In a sentence, what contradicts what a successor said about this checkpoint. */
  contradiction(number: number, hash: string): string | null {
    const pinned = this.retired.find(({ lastNumber }) => lastNumber === number);
    return pinned === undefined || pinned.lastHash === hash
      ? null
      : `Checkpoint ${number} is not the one at which the signing key was changed.`;
  }

  /** The newest checkpoint that a successor spoke of: as many there must be. */
  get atLeast(): number {
    return this.retired.at(-1)?.lastNumber ?? 0;
  }

  get size(): number {
    return this.retired.length + 1;
  }
}

/** Whether a key was replaced. What it signs from then on counts for nothing. */
export async function isRetired(database: Pick<Transactions, 'query'>, id: string): Promise<boolean> {
  return (await database.query('select 1 from audit_keys where id = $1', [id])).length > 0;
}

/** Writes down that `next` replaces `old` after this checkpoint. */
export async function retire(
  tx: Tx,
  { old, next, last }: { old: VerifyingKey; next: SigningKey; last: { number: number; hash: string } },
): Promise<void> {
  const said: Endorsement = {
    id: old.id,
    publicKey: old.pem,
    successor: next.id,
    lastNumber: last.number,
    lastHash: last.hash,
  };
  const body = Buffer.from(canonicalJson(said), 'utf8');
  await tx.query('insert into audit_keys (id, successor, body, signature) values ($1, $2, $3, $4)', [
    old.id,
    next.id,
    body,
    next.sign(body),
  ]);
}

function vouchedFor(row: KeyRow, successor: VerifyingKey): Retired | null {
  if (!successor.verify(row.body, row.signature)) return null;
  const said = endorsement.safeParse(JSON.parse(row.body.toString('utf8')));
  const key = said.success ? VerifyingKey.parse(said.data.publicKey) : null;
  if (!said.success || key === null) return null;
  const { id, lastNumber, lastHash } = said.data;
  return id === row.id && key.id === id && said.data.successor === successor.id ? { key, lastNumber, lastHash } : null;
}

function strange(rows: readonly KeyRow[], retired: readonly Retired[], current: VerifyingKey): string | null {
  if (rows.some(({ id }) => id === current.id))
    return `The key ${current.id} was replaced by another one. Verify with that one.`;
  const known = new Set(retired.map(({ key }) => key.id));
  const stranger = rows.find(({ id }) => !known.has(id));
  return stranger === undefined ? null : `The audit key ${stranger.id} does not lead to the key in use.`;
}
