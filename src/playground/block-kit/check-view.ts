import { z } from 'zod';
import type { Block } from '../workspace/records.js';
import { type Checked, checkBlocks } from './check-blocks.js';
import { complaints } from './complaints.js';
import { plainText } from './composition.js';

const common = {
  blocks: z.array(z.unknown()),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};
const modal = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
  ...common,
});
const home = z.strictObject({ type: z.literal('home'), ...common });

export type CheckedView = (z.infer<typeof modal> | z.infer<typeof home>) & { blocks: Block[] };

/** 250 KB is where Slack says `view_too_large`. */
export const MAX_VIEW_BYTES = 250_000;

/** Checks a view as Slack would. `only` is the kind that the method takes. Never throws. */
export function checkView(input: unknown, only: 'modal' | 'home'): Checked<CheckedView> {
  const parsed = z.discriminatedUnion('type', [modal, home]).safeParse(input);
  if (!parsed.success) return { ok: false, messages: complaints(parsed.error, input, '/view') };
  const view = parsed.data;
  if (view.type !== only) return { ok: false, messages: [`[ERROR] must be one of: ${only} [json-pointer:/view/type]`] };
  const blocks = checkBlocks(view.blocks, view.type, '/view/blocks');
  if (!blocks.ok) return blocks;
  const needsSubmit =
    view.type === 'modal' && view.submit === undefined && blocks.value.some((one) => one.type === 'input');
  if (needsSubmit) return { ok: false, messages: ['[ERROR] missing required field: submit [json-pointer:/view]'] };
  return { ok: true, value: { ...view, blocks: blocks.value } };
}
