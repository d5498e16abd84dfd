import { z } from 'zod';
import type { Json, JsonObject } from '../../../shared/index.js';
import { ActionFailed, type Labels } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { objectOf, textOf } from '../api/api.js';

const NOTE = 'quartermaster';
const variant = z.string().regex(/^[\w-]{1,60}$/);
const percent = z.number().min(0).max(100);

/** What a flag gives to whom, in flagd's words. */
export const flagSetting = z.strictObject({
  flag: z.string().regex(/^[a-zA-Z][\w.-]{0,100}$/, 'a flag’s key'),
  enabled: z.boolean().default(true),
  variants: z.record(variant, z.json()).default({ on: true, off: false }),
  /** For everybody who is not in the rollout. */
  serve: variant.default('off'),
  /** So many of a hundred get another variant, always the same ones: by what `by` says of them. */
  rollout: z
    .strictObject({
      variant,
      percent,
      by: z
        .string()
        .regex(/^[a-zA-Z][\w.]{0,60}$/)
        .default('targetingKey'),
    })
    .exactOptional(),
});

/** Whether what is served is one of the variants. */
export function servesVariants({ variants, serve, rollout }: FlagSetting): boolean {
  return [serve, rollout?.variant ?? serve].every((name) => Object.hasOwn(variants, name));
}

export type FlagSetting = z.output<typeof flagSetting>;

/** As flagd reads it, with a note of ours. */
export function definitionOf(
  { enabled, variants, serve, rollout }: FlagSetting,
  key: string,
  labels: Labels | null = null,
): JsonObject {
  const everybody = rollout?.percent === 100 ? rollout.variant : serve;
  const targeting =
    rollout === undefined || rollout.percent === 0 || rollout.percent === 100
      ? {}
      : {
          fractional: [
            { cat: [{ var: '$flagd.flagKey' }, { var: rollout.by }] },
            [rollout.variant, rollout.percent],
            [serve, 100 - rollout.percent],
          ],
        };
  return {
    state: enabled ? 'ENABLED' : 'DISABLED',
    variants,
    defaultVariant: everybody,
    targeting,
    metadata: { [NOTE]: key, ...(labels !== null && labelsUnder(`${NOTE}-`, labels)) },
  };
}

export function isMadeUnder(definition: Json | null, key: string): boolean {
  return objectOf(objectOf(definition).metadata)[NOTE] === key;
}

/** In a line, for people. */
export function wordsFor(definition: Json | null): string {
  if (definition === null) return 'not there';
  const { state, defaultVariant, targeting } = objectOf(definition);
  if (state === 'DISABLED') return 'switched off';
  const { fractional } = objectOf(targeting);
  const parts = Array.isArray(fractional) ? fractional.filter((part) => Array.isArray(part)) : [];
  if (parts.length > 0) return parts.map(([name, share]) => `${textOf(name)} ${textOf(share)} %`).join(', ');
  return Object.keys(objectOf(targeting)).length > 0
    ? 'by rules of its own'
    : `${textOf(defaultVariant)} for everybody`;
}

/** Of a flagd document; null: there is no such flag. */
export function flagIn(document: JsonObject, flag: string): Json | null {
  const flags = objectOf(document.flags);
  return Object.hasOwn(flags, flag) ? (flags[flag] ?? null) : null;
}

/** The same document with that flag so, or without it. */
export function withFlag(document: JsonObject, flag: string, definition: Json | null): JsonObject {
  const { [flag]: _former, ...others } = objectOf(document.flags);
  return { ...document, flags: definition === null ? others : { ...others, [flag]: definition } };
}

export function documentIn(text: string, where: string): JsonObject {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as JsonObject;
  } catch {
    // Said below.
  }
  throw new ActionFailed(`${where} is not a JSON document of flags. Nothing was changed.`, false);
}
