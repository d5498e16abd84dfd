import { createHash } from 'node:crypto';
import { canonicalJson } from '../shared/index.js';

/** What a checkpoint's signature covers, stored as these very bytes. */
export interface CheckpointBody {
  number: number;
  at: string;
  /** SHA-256 over where all chains stand. */
  root: string;
  /** One per chain, in order, `<sequence>:<hash>`; null when nothing moved since the checkpoint before: the root is the same then. */
  heads: string[] | null;
  previousHash: string;
}

export function rootOf(heads: readonly string[]): string {
  return sha256(Buffer.from(canonicalJson(heads), 'utf8'));
}

export function checkpointBytes(body: CheckpointBody): Buffer {
  return Buffer.from(canonicalJson(body), 'utf8');
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
