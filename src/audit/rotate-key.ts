import { rename, rm } from 'node:fs/promises';
import type { Transactions } from '../platform/database/index.js';
import { AppError, type Ids } from '../shared/index.js';
import type { Audit } from './audit.js';
import type { CheckpointSink } from './checkpoint-sink.js';
import { lastOf, lockCheckpoints } from './checkpoints.js';
import { isRetired, retire } from './key-ring.js';
import { SigningKey, type SigningKeySource } from './signing-key.js';
import { verifyAudit } from './verify.js';

class RotationRefused extends AppError {
  readonly code = 'audit.rotation_refused';
}

export interface Rotation {
  old: string;
  next: string;
  /** The last checkpoint that the old key signed; 0 when it signed none. */
  lastNumber: number;
  /** Where the new key is to be fetched from, when the old one was given by AUDIT_SIGNING_KEY; null when it is in its place already. */
  fetchFrom: string | null;
}

interface Parts {
  transactions: Transactions;
  audit: Audit;
  ids: Ids;
  sink: CheckpointSink;
}

/**
 * Puts a new signing key in the place of the old one. The new key vouches for all that the old one signed, up to a checkpoint of
 * one hash; so the old one is of no use to anybody afterwards. Ended half way, run again, it goes on where it was.
 * @throws RotationRefused when the trail is not whole: a new key must not vouch for that
 */
export async function rotateKey(source: SigningKeySource, parts: Parts): Promise<Rotation> {
  const old = await SigningKey.loadExisting(source);
  const next = await nextKey(source.file, old);
  if (!(await isRetired(parts.transactions, old.id))) await replace(old, next, parts);
  const [row] = await parts.transactions.query<{ successor: string; last: number }>(
    `select successor, (convert_from(body, 'utf8')::jsonb ->> 'lastNumber')::integer as last from audit_keys where id = $1`,
    [old.id],
  );
  if (row?.successor !== next.id)
    throw new RotationRefused(
      `The key ${old.id} was replaced by ${row?.successor ?? 'another'} already. Nothing was changed; use that one.`,
    );
  const inEnvironment = source.pem !== undefined;
  if (!inEnvironment) await rename(fileOfNext(source.file), source.file);
  return {
    old: old.id,
    next: next.id,
    lastNumber: row.last,
    fetchFrom: inEnvironment ? fileOfNext(source.file) : null,
  };
}

/** A key that lies ready from a rotation that ended half way, or a fresh one. */
async function nextKey(file: string, old: SigningKey): Promise<SigningKey> {
  const next = await SigningKey.load({ file: fileOfNext(file) });
  if (next.id !== old.id) return next;
  // It is in use since: that rotation was finished.
  await rm(fileOfNext(file));
  return SigningKey.load({ file: fileOfNext(file) });
}

async function replace(old: SigningKey, next: SigningKey, { transactions, audit, ids, sink }: Parts): Promise<void> {
  const { ok, findings } = await verifyAudit(transactions, old, sink);
  if (!ok)
    throw new RotationRefused(
      `The trail is not whole, and a new key would vouch for it: ${findings.join(' ')} Nothing was changed.`,
    );
  await transactions.run(async (tx) => {
    await lockCheckpoints(tx);
    const last = await lastOf(tx);
    const until = { number: Number(last?.number ?? 0), hash: last?.hash ?? '' };
    await retire(tx, { old: old.public, next, last: until });
    await audit.append(tx, {
      type: 'audit.key_rotated',
      actor: { kind: 'system', id: 'operator' },
      subject: { kind: 'audit', id: 'signing-key' },
      traceId: ids.next('trc'),
      summary: `the key that signs checkpoints was replaced after checkpoint ${until.number}`,
      data: { old: old.id, next: next.id, lastCheckpoint: until.number },
    });
  });
}

function fileOfNext(file: string): string {
  return `${file}.next`;
}
