import { z } from 'zod';
import { canonicalJson, type Json, type JsonObject } from '../shared/index.js';

/** What makes one request similar to another, as far as it bears on who may agree to both at once. */
export interface Likeness {
  readonly itemName: string;
  /** Another version of the item may do something else. */
  readonly itemDigest: string;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  /** Parameters that are free text, such as names: those may be let differ. */
  readonly freeText: readonly string[];
  readonly leaseHours: number;
  /** Null when nobody can tell. */
  readonly cost: { readonly currency: string; readonly hourly: number; readonly once: number } | null;
  /** What it takes of each quota. */
  readonly takes: Readonly<Record<string, number>>;
}

export const likenessSchema: z.ZodType<Likeness> = z.object({
  itemName: z.string(),
  itemDigest: z.string(),
  teamId: z.string(),
  environment: z.string(),
  parameters: z.record(z.string(), z.json()),
  freeText: z.array(z.string()),
  leaseHours: z.number(),
  cost: z.object({ currency: z.string(), hourly: z.number(), once: z.number() }).nullable(),
  takes: z.record(z.string(), z.number()),
});

/**
 * Why something is more than what was agreed to; null when it is the same or less: the same item in the same version, for the same
 * team and environment, no longer, no dearer, no number larger, and all else equal but the free texts that may differ.
 */
export function exceeds(wanted: Likeness, agreed: Likeness, varying: readonly string[]): string | null {
  if (wanted.itemName !== agreed.itemName || wanted.itemDigest !== agreed.itemDigest) return 'is another version';
  if (wanted.teamId !== agreed.teamId || wanted.environment !== agreed.environment) return 'is for somewhere else';
  if (wanted.leaseHours > agreed.leaseHours) return 'is for longer';
  return dearer(wanted.cost, agreed.cost) ?? takesMore(wanted, agreed) ?? differing(wanted, agreed, varying);
}

function dearer(wanted: Likeness['cost'], agreed: Likeness['cost']): string | null {
  if (wanted === null || agreed === null) return 'costs nobody knows what';
  if (wanted.currency !== agreed.currency) return 'is priced otherwise';
  return wanted.hourly > agreed.hourly || wanted.once > agreed.once ? 'costs more' : null;
}

function takesMore({ takes: wanted }: Likeness, { takes: agreed }: Likeness): string | null {
  const more = Object.entries(wanted).find(([unit, amount]) => amount > (agreed[unit] ?? 0));
  return more === undefined ? null : `takes more ${more[0]}`;
}

function differing(
  { parameters: wanted }: Likeness,
  { parameters: agreed, freeText }: Likeness,
  varying: readonly string[],
): string | null {
  const names = new Set([...Object.keys(wanted), ...Object.keys(agreed)]);
  const free = new Set(varying.filter((name) => freeText.includes(name)));
  const differs = [...names].find((name) => !isWithin(wanted[name] ?? null, agreed[name] ?? null, free.has(name)));
  return differs === undefined ? null : `differs in ${differs}`;
}

function isWithin(wanted: Json, agreed: Json, isFree: boolean): boolean {
  if (isFree && typeof wanted === 'string' && typeof agreed === 'string') return true;
  if (typeof wanted === 'number' && typeof agreed === 'number') return wanted >= 0 && wanted <= agreed;
  return canonicalJson(wanted) === canonicalJson(agreed);
}
