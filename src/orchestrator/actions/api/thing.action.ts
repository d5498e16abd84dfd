import { z } from 'zod';
import { canonicalJson, type JsonObject } from '../../../shared/index.js';
import {
  type ActionExample,
  ActionFailed,
  type AnyAction,
  defineAction,
  type Labels,
  type LookContext,
  type Made,
} from '../../action.js';
import type { Api } from './api.js';

/** What is there under the name. */
export interface Found<Output> {
  /** It carries the key, or its name follows from it. */
  readonly isOurs: boolean;
  /** An attempt died before all of it was there. */
  readonly isHalf?: boolean;
  /** Changes when somebody changes the thing; null where its API has nothing of the kind. */
  readonly version: string | null;
  readonly output: Output;
}

/** What is made under that key. */
interface Making<Place> {
  readonly place: Place;
  readonly key: string;
  readonly context: LookContext & { labels: Labels };
  readonly report: (line: string) => void;
}

/** A kind of thing behind an API, for {@link thingAction}: how to look, make and remove. */
export interface Thing<Input extends z.ZodType, Place extends JsonObject, Output extends z.ZodObject> {
  readonly id: string;
  readonly title: string;
  /** Without article: “dashboard”. */
  readonly noun: string;
  readonly input: Input;
  /** Where it is; all that is needed to find it again. Never secrets. */
  readonly place: z.ZodType<Place>;
  readonly output: Output;
  readonly examples: readonly ActionExample[];
  /** How people call it. */
  describe(input: z.output<Input>): { name: string; details?: readonly string[] };
  /** `key` is null while it is only planned. */
  placeOf(input: z.output<Input>, key: string | null): Place;
  connect(place: Place, context: LookContext & { idempotencyKey?: string }): Api;
  /** Why it can't be made, beyond the name being taken. */
  obstacle?(api: Api, input: z.output<Input>, context: LookContext): Promise<string | null>;
  find(api: Api, place: Place, key: string): Promise<Found<z.output<Output>> | null>;
  /** Under that key, when it is not there or half; what an earlier attempt made half may be there. */
  make(api: Api, input: z.output<Input>, making: Making<Place>): Promise<unknown>;
  /** Makes what lives what the input says now; may be repeated. Without it nothing is changed in place. */
  change?(api: Api, input: z.output<Input>, making: Making<Place>): Promise<unknown>;
  /** Whether what lives at the one place can become what is at the other. Left out: when both are the same. */
  moves?(from: Place, to: Place): boolean;
  /** Harmless when it is gone. */
  remove(api: Api, place: Place, key: string): Promise<unknown>;
}

type State<Place extends JsonObject> = Record<'key', string> & { place: Place; version: string | null };

const UNKNOWN_KEY = 'quartermaster-looks';

/** The four verbs of a thing that is made, found and taken away, from how its API does that. */
export function thingAction<Input extends z.ZodType, Place extends JsonObject, Output extends z.ZodObject>(
  thing: Thing<Input, Place, Output>,
): AnyAction {
  const state: z.ZodType<State<Place>> = z.object({
    place: thing.place,
    key: z.string(),
    version: z.string().nullable(),
  });
  const { noun } = thing;

  return defineAction({
    id: thing.id,
    title: thing.title,
    owns: true,
    ...(thing.change !== undefined && { changesInPlace: true as const }),
    input: thing.input,
    output: thing.output,
    state,
    examples: thing.examples,

    async plan(input, context) {
      const { name, details } = thing.describe(input);
      if (context.made !== null) {
        assertStays(thing, context.made, thing.placeOf(input, context.made.state.key));
        const summary = `${capital(noun)} ${name} becomes what the newer version says`;
        return { kind: 'change', summary, ...(details !== undefined && { details }) };
      }
      const place = thing.placeOf(input, null);
      const api = thing.connect(place, context);
      const obstacle = (await thing.obstacle?.(api, input, context)) ?? null;
      if (obstacle !== null) return { kind: 'cannot', summary: obstacle };
      if ((await thing.find(api, place, UNKNOWN_KEY)) !== null)
        return { kind: 'cannot', summary: `There is a ${noun} ${name} already. Choose another name.` };
      return { kind: 'create', summary: `${capital(noun)} ${name}`, ...(details !== undefined && { details }) };
    },

    intend: (input, { idempotencyKey: key }) =>
      Promise.resolve({ place: thing.placeOf(input, key), key, version: null }),

    async apply(input, context) {
      const { idempotencyKey: key, report } = context;
      const place = thing.placeOf(input, key);
      if (context.made !== null) assertStays(thing, context.made, place);
      const api = thing.connect(place, context);
      const before = await thing.find(api, place, key);
      const { name } = thing.describe(input);
      if (before !== null && !before.isOurs)
        throw new ActionFailed(`There is a ${noun} ${name} already, and it is not ours. Choose another name.`, false);
      if (before === null) {
        const obstacle = (await thing.obstacle?.(api, input, context)) ?? null;
        if (obstacle !== null) throw new ActionFailed(obstacle, false);
      }
      const making = { place, key, context, report };
      if (before === null || before.isHalf === true) await thing.make(api, input, making);
      else if (context.made !== null) await thing.change?.(api, input, making);
      const made = await thing.find(api, place, key);
      if (made?.isOurs !== true)
        throw new ActionFailed(`The ${noun} ${name} was made, but is not there. It may need a moment.`, true);
      return { state: { place, key, version: made.version }, output: made.output };
    },

    async read({ place, key, version }, context) {
      const found = await thing.find(thing.connect(place, context), place, key);
      if (found?.isOurs !== true) return { exists: false, detail: `the ${noun} is not there, or not ours` };
      const isChanged = version !== null && found.version !== version;
      return {
        exists: true,
        detail: isChanged ? `the ${noun} differs: changed since it was made` : `the ${noun} is there`,
      };
    },

    async destroy({ place, key }, context) {
      const api = thing.connect(place, { ...context, idempotencyKey: `${key}:remove` });
      if ((await thing.find(api, place, key))?.isOurs === true) await thing.remove(api, place, key);
    },
  });
}

/** @throws ActionFailed */
function assertStays<Place extends JsonObject>(
  { noun, moves }: { noun: string; moves?: (from: Place, to: Place) => boolean },
  { state: { place: from } }: Made<State<Place>>,
  to: Place,
): void {
  if (moves?.(from, to) ?? canonicalJson(from) === canonicalJson(to)) return;
  throw new ActionFailed(`The ${noun} can’t be moved there. Request it anew and move over.`, false);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
