import type { ContextBlock } from '@slack/web-api';
import { z } from 'zod';
import type { CheckpointFacts, WitnessedCheckpoint } from '../../audit/index.js';
import { context } from '../text/blocks.js';
import { timeWords } from '../text/mrkdwn.js';

const block = z.object({
  type: z.literal('context'),
  block_id: z.string().regex(/^checkpoint_\d{1,15}$/),
  elements: z.array(z.object({ text: z.string() }).loose()).min(1),
});
const DIGEST = /sha256:([0-9a-f]{64})/;

/** One line in the audit channel: how far the chains were, and the digest that commits to every one of their heads. */
export function checkpointLine({ number, at, events, hash }: CheckpointFacts): ContextBlock {
  const words = `🔏 ${timeWords(at)} Checkpoint ${number}: ${events} event${events === 1 ? '' : 's'} in all · \`sha256:${hash}\``;
  return { ...context(words), block_id: `checkpoint_${number}` };
}

/** The other way round: what a block of a message of ours says about a checkpoint, if it does. */
export function witnessedIn(content: unknown): WitnessedCheckpoint | null {
  const parsed = block.safeParse(content);
  if (!parsed.success) return null;
  const [, hash] = DIGEST.exec(parsed.data.elements[0]?.text ?? '') ?? [];
  return hash === undefined ? null : { number: Number(parsed.data.block_id.slice('checkpoint_'.length)), hash };
}
