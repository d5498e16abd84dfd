import { z } from 'zod';
import { slotOf } from './state-values.js';

type Element = Record<string, unknown> & { type: string };
type Entry = Record<string, unknown>;

const optionShape = z.looseObject({ value: z.string() });
const day = z.iso.date();
const shapes: Record<string, z.ZodType> = {
  value: z.string(),
  rich_text_value: z.looseObject({ type: z.literal('rich_text') }),
  files: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  selected_date: day,
  selected_time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u),
  selected_date_time: z.number().int(),
  selected_option: optionShape,
  selected_options: z.array(optionShape),
  selected_user: z.string(),
  selected_users: z.array(z.string()),
  selected_conversation: z.string(),
  selected_conversations: z.array(z.string()),
  selected_channel: z.string(),
  selected_channels: z.array(z.string()),
};

/**
 * What a person typed or chose, as Slack's client would hold it for this element, or null if the client could not
 * have produced it: the wrong shape, an option that was not offered, more than may be chosen.
 */
export function entryFor(element: Element, raw: Entry | null): Entry | null {
  const slot = slotOf(element.type) ?? (element.type === 'overflow' ? 'selected_option' : undefined);
  if (slot === undefined) return { type: element.type };
  const given = raw?.[slot] ?? null;
  const empty = slot.endsWith('s') ? [] : null;
  if (given === null || given === '') return { type: element.type, [slot]: empty };
  const parsed = shapes[slot]?.safeParse(given);
  if (parsed?.success !== true) return null;
  if (slot === 'selected_option' || slot === 'selected_options') return chosen(element, slot, given);
  const tooMany =
    Array.isArray(given) && typeof element.max_selected_items === 'number' && given.length > element.max_selected_items;
  return tooMany ? null : { type: element.type, [slot]: given };
}

/** The person picks among options: the app gets the option as it wrote it, never as the client sent it. */
function chosen(element: Element, slot: string, given: unknown): Entry | null {
  if (element.type.endsWith('external_select')) return { type: element.type, [slot]: given };
  const offered = optionsOf(element);
  const wanted = (Array.isArray(given) ? given : [given]) as { value: string }[];
  const found = wanted.map((one) => offered.find((option) => option.value === one.value));
  if (found.includes(undefined)) return null;
  if (typeof element.max_selected_items === 'number' && found.length > element.max_selected_items) return null;
  return { type: element.type, [slot]: Array.isArray(given) ? found : found[0] };
}

function optionsOf(element: Element): { value: string }[] {
  const groups = element.option_groups as { options: { value: string }[] }[] | undefined;
  return (element.options as { value: string }[] | undefined) ?? groups?.flatMap((group) => group.options) ?? [];
}
