import { z } from 'zod';
import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { type Checkers, templateProblems } from './check-templates.js';
import type { KnownScope } from './expressions.js';

/** A number, or one `${{ expression }}` that gives one. */
export type Amount = string | number;

/** What an item takes and costs, and when the requester has to say why. */
export interface ItemGovernance {
  /** Unit of catalog/quotas.yaml → how much of it one resource takes. */
  readonly quota?: Readonly<Record<string, Amount>>;
  /** Prices of catalog/prices.yaml, each as often as `quantity` says. */
  readonly cost?: readonly { readonly price: string; readonly quantity: Amount }[];
  /** Above any of these the reason must be given. `monthly` is money, the units are those of `quota`. */
  readonly justification?: {
    readonly above: { readonly monthly?: number; readonly units?: Readonly<Record<string, number>> };
  };
}

const unit = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a unit has lower-case letters, digits and hyphens');
const price = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a price has lower-case letters, digits and hyphens');
const amount = z.union([z.number().min(0), z.string()]);
const threshold = z.number().min(0);

/** Part of the shape of `catalog/items/*.yaml`. */
export const governanceShape = {
  quota: z.record(unit.max(50), amount).exactOptional(),
  cost: z
    .array(z.strictObject({ price: price.max(50), quantity: amount.default(1) }))
    .max(20)
    .exactOptional(),
  justification: z
    .strictObject({
      above: z
        .strictObject({
          monthly: threshold.exactOptional(),
          units: z.record(unit.max(50), threshold).exactOptional(),
        })
        .refine((above) => above.monthly !== undefined || above.units !== undefined, {
          message: 'nothing says above what a reason is wanted',
          params: { remedy: 'write monthly, or units' },
        }),
    })
    .exactOptional(),
};

/** What is wrong in the amounts beyond their shape: each has to be a number, or one expression that gives one. */
export function governanceProblems(
  document: YamlDocument,
  { quota = {}, cost = [], justification }: ItemGovernance,
  known: KnownScope,
  checkers: Checkers,
): DocumentProblem[] {
  const amounts = [
    ...Object.entries(quota).map(([name, value]) => ({ path: ['quota', name], value })),
    ...cost.map(({ quantity }, index) => ({ path: ['cost', index, 'quantity'], value: quantity })),
  ];
  return [
    ...amounts.flatMap(({ path, value }) =>
      typeof value === 'number'
        ? []
        : templateProblems(document, path, value, known, checkers, 'int').filter(
            // CEL tells 3 from 3.5; an amount may be either.
            ({ message }) => !message.endsWith('it gives double, not int'),
          ),
    ),
    ...Object.keys(justification?.above.units ?? {}).flatMap((name) =>
      name in quota
        ? []
        : [
            document.problem(
              ['justification', 'above', 'units', name],
              `the item takes no “${name}”`,
              'write a unit that stands under quota',
            ),
          ],
    ),
  ];
}
