import { z } from 'zod';
import { AppError, ID_PATTERN } from '../../shared/index.js';

export class StaleControl extends AppError {
  readonly code = 'slack.stale_control';
}

const clicked = z.object({ value: z.string().min(1).max(200) });
const inMessage = z.object({
  container: z.object({
    type: z.literal('message'),
    channel_id: z.string(),
    message_ts: z.string(),
    is_ephemeral: z.boolean().default(false),
  }),
});
const inModal = z.object({ view: z.object({ type: z.literal('modal'), id: z.string(), callback_id: z.string() }) });
const withTrigger = z.object({ trigger_id: z.string() });

/** The opaque id a button carries. Everything else about it is read again. @throws StaleControl */
export function clickedId(action: unknown): string {
  const value = clickedValue(action);
  if (!ID_PATTERN.test(value)) throw stale();
  return value;
}

/** @throws StaleControl */
export function clickedValue(action: unknown): string {
  const parsed = clicked.safeParse(action);
  if (!parsed.success) throw stale();
  return parsed.data.value;
}

/** The message a click came from; null from a modal or Home, or when only one person sees it. */
export function clickedMessage(body: unknown): { channel: string; ts: string } | null {
  const parsed = inMessage.safeParse(body);
  if (!parsed.success || parsed.data.container.is_ephemeral) return null;
  return { channel: parsed.data.container.channel_id, ts: parsed.data.container.message_ts };
}

/** The modal a click came from; null from a message or Home. */
export function shownModal(body: unknown): { id: string; callback_id: string } | null {
  return inModal.safeParse(body).data?.view ?? null;
}

/** Opens one modal, within three seconds. @throws StaleControl */
export function triggerOf(body: unknown): string {
  const parsed = withTrigger.safeParse(body);
  if (!parsed.success) throw stale();
  return parsed.data.trigger_id;
}

/** What a modal carries about itself: ids only. @throws StaleControl */
export function metadataOf<T>(view: { private_metadata: string }, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(view.private_metadata));
  } catch {
    throw stale();
  }
}

function stale(): StaleControl {
  return new StaleControl(
    'This button or form is not from this version of Quartermaster. Nothing was done; please begin again.',
  );
}
