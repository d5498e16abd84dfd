import { z } from 'zod';
import type { Json, JsonObject } from '../../shared/index.js';
import { isSaid } from './option-answer.js';
import { FORM } from './request-form.view.js';

const option = z.object({ value: z.string() });
/** One input's value as Slack sends it, whatever its kind. */
const input = z.looseObject({
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

export interface FormValues {
  readonly teamId: string | undefined;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  /** NaN when it is no whole number. */
  readonly leaseHours: number;
}

/** What was entered, in JSON's own terms; judged later. Empty fields are left out. */
export function formValues(view: { state: { values: unknown } }): FormValues {
  const given = new Map(
    Object.entries(values.parse(view.state.values)).map(([block, { [FORM.value]: one }]) => [
      block,
      one === undefined ? null : plainValue(one),
    ]),
  );
  const text = (block: string): string => {
    const value = given.get(block);
    return typeof value === 'string' ? value : '';
  };
  const parameters = [...given].flatMap(([block, value]): [string, Json][] =>
    block.startsWith(FORM.parameter) && value !== null ? [[block.slice(FORM.parameter.length), value]] : [],
  );
  return {
    teamId: given.has(FORM.team) ? text(FORM.team) : undefined,
    environment: text(FORM.environment),
    parameters: Object.fromEntries(parameters),
    reason: text(FORM.reason).trim(),
    leaseHours: /^\d{1,6}$/.test(text(FORM.lease)) ? Number(text(FORM.lease)) : Number.NaN,
  };
}

/** The item chosen in the first modal. */
export function pickedItem(view: { state: { values: unknown } }): string {
  const chosen = values.parse(view.state.values).item?.[FORM.value];
  return chosen?.selected_option?.value ?? '';
}

/** In JSON's own terms: several choices as a list, moments in UTC, nothing as null. */
function plainValue(one: z.infer<typeof input>): Json {
  const several =
    one.selected_options?.map(({ value }) => value).filter((value) => !isSaid(value)) ??
    one.selected_users ??
    one.selected_channels;
  if (several !== undefined) return several;
  if (typeof one.selected_date_time === 'number') return isoOf(one.selected_date_time);
  const single = [one.selected_option?.value, one.selected_date, one.selected_time, one.selected_user];
  return (
    [...single, one.selected_channel, one.value].find(
      (value) => value !== undefined && value !== null && !isSaid(value),
    ) ?? null
  );
}

/** `2026-12-31T14:30:00Z`; a moment that no calendar knows is none. */
function isoOf(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', 'Z');
}
