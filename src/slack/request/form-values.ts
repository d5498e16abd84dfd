import { z } from 'zod';
import type { ReadField } from '../../catalog/index.js';
import type { Json } from '../../shared/index.js';
import { FORM, parameterOfBlock } from './form-places.js';
import { isSaid } from './option-answer.js';

const option = z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() });
/** One input's value as Slack sends it, whatever its kind. */
const input = z.looseObject({
  type: z.string().optional(),
  value: z.string().nullish(),
  selected_option: option.nullish(),
  selected_options: z.array(option).optional(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).optional(),
  selected_channel: z.string().nullish(),
  selected_channels: z.array(z.string()).optional(),
});
const values = z.record(z.string(), z.record(z.string(), input));

/** What the page that was open holds. Questions that stand on other pages are undefined. */
export interface FormValues {
  readonly teamId: string | undefined;
  readonly environment: string | undefined;
  readonly parameters: readonly ReadField[];
  readonly reason: string | undefined;
  /** NaN when it is no whole number. */
  readonly leaseHours: number | undefined;
  /** Of chosen options that were looked up, by value: to show them again. */
  readonly titles: Readonly<Record<string, string>>;
}

/** What was entered, in JSON's own terms; judged later. */
export function formValues(view: { state: { values: unknown } }): FormValues {
  const inputs = values.parse(view.state.values);
  const given = new Map(
    Object.entries(inputs).flatMap(([block, { [FORM.value]: one }]): [string, Json][] =>
      one === undefined ? [] : [[block, plainValue(one)]],
    ),
  );
  const text = (block: string): string | undefined => {
    const value = given.get(block);
    if (value === undefined) return undefined;
    return typeof value === 'string' ? value : '';
  };
  const lease = text(FORM.lease);
  return {
    teamId: text(FORM.team),
    environment: text(FORM.environment),
    parameters: [...given].flatMap(([block, value]) => {
      const place = parameterOfBlock(block);
      return place === undefined ? [] : [{ ...place, value }];
    }),
    reason: text(FORM.reason)?.trim(),
    leaseHours: lease === undefined ? undefined : /^\d{1,6}$/.test(lease) ? Number(lease) : Number.NaN,
    titles: titlesIn(Object.values(inputs).flatMap(({ [FORM.value]: one }) => (one === undefined ? [] : [one]))),
  };
}

function titlesIn(inputs: readonly z.infer<typeof input>[]): Record<string, string> {
  const lookedUp = inputs.filter(({ type }) => type === 'external_select' || type === 'multi_external_select');
  const chosen = lookedUp.flatMap((one) => [...(one.selected_options ?? []), one.selected_option ?? []].flat());
  return Object.fromEntries(
    chosen.flatMap(({ value, text }) => (text === undefined || isSaid(value) ? [] : [[value, text.text]])),
  );
}

/** The item chosen in the first modal. */
export function pickedItem(view: { state: { values: unknown } }): string {
  const chosen = values.parse(view.state.values).item?.[FORM.value];
  return chosen?.selected_option?.value ?? '';
}

/** In JSON's own terms: several choices as a list, moments in UTC, nothing as null. */
function plainValue(one: z.infer<typeof input>): Json {
  const options = one.selected_options?.map(({ value }) => value).filter((value) => !isSaid(value));
  const several = options ?? one.selected_users ?? one.selected_channels;
  if (several !== undefined) return several;
  if (typeof one.selected_date_time === 'number') return isoOf(one.selected_date_time);
  const single = [one.selected_option?.value, one.selected_date, one.selected_time, one.selected_user];
  const all = [...single, one.selected_channel, one.value];
  return all.find((value) => value !== undefined && value !== null && !isSaid(value)) ?? null;
}

/** `2026-12-31T14:30:00Z`; a moment that no calendar knows is none. */
function isoOf(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', 'Z');
}
