import { z } from 'zod';
import type { Json, JsonObject } from '../../shared/index.js';
import { FORM } from './request-form.view.js';

const option = z.object({ value: z.string() });
/** One input's value as Slack sends it, whatever its kind. */
const input = z.looseObject({
  value: z.string().nullish(),
  selected_option: option.nullish(),
  selected_options: z.array(option).optional(),
  selected_date: z.string().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).optional(),
  selected_channel: z.string().nullish(),
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

function plainValue(one: z.infer<typeof input>): Json {
  if (one.selected_options !== undefined) return one.selected_options.map(({ value }) => value);
  if (one.selected_users !== undefined) return one.selected_users;
  return (
    one.selected_option?.value ?? one.selected_date ?? one.selected_user ?? one.selected_channel ?? one.value ?? null
  );
}
