import { z } from 'zod';
import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens')
  .max(50);

const price = z.strictObject({
  id,
  /** What it pays for, as people read it. */
  title: z.string().trim().min(1).max(100),
  amount: z.number().min(0).max(1_000_000),
  /** `once` when it is made; otherwise for as long as it lives. */
  per: z.enum(['hour', 'day', 'month', 'once']),
});

/** The shape of `catalog/prices.yaml`. */
export const priceParser = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version has three numbers, 1.0.0'),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency has three capital letters, like EUR'),
  prices: z.array(price).default([]),
});

export type PriceDocument = z.infer<typeof priceParser>;
export type Price = PriceDocument['prices'][number];

export function priceProblems(document: YamlDocument, { prices }: PriceDocument): DocumentProblem[] {
  const ids = prices.map((one) => one.id);
  return ids.flatMap((name, index) =>
    ids.indexOf(name) === index
      ? []
      : [document.problem(['prices', index, 'id'], `“${name}” stands there already`, 'choose another id')],
  );
}
