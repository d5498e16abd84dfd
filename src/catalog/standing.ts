import { z } from 'zod';
import { kebabName } from './names.js';

export type Lifecycle = 'draft' | 'active' | 'deprecated' | 'retired';

/** Where an item stands in its life, and where to read more. */
export interface ItemStanding {
  /** Drafts and retired items cannot be requested; a deprecated one can, with a warning. */
  readonly lifecycle: Lifecycle;
  /** Name of the item to take instead. Only for what is deprecated or retired. */
  readonly successor?: string;
  /** ISO date. Its owner is reminded when it has passed. */
  readonly reviewBy?: string;
  /** Where it is described at length. */
  readonly docs?: string;
  /** Names of runbooks in runbooks/, or addresses of others. */
  readonly runbooks?: readonly string[];
}

const address = z.url({
  protocol: /^https?$/,
  error: 'write a whole address, like https://wiki.example.org/databases',
});

/** Part of the shape of `catalog/items/*.yaml`. */
export const standingShape = {
  lifecycle: z
    .enum(['draft', 'active', 'deprecated', 'retired'])
    .describe('Drafts and retired items cannot be requested; a deprecated one can, with a warning')
    .default('active'),
  successor: kebabName.describe('The item to take instead, once this one is deprecated or retired').exactOptional(),
  reviewBy: z.iso.date().describe('Its owner is reminded when this day has passed: 2027-06-30').exactOptional(),
  docs: address.describe('Where it is described at length').exactOptional(),
  runbooks: z
    .array(z.union([address, kebabName]))
    .max(10)
    .describe('Names of runbooks in runbooks/, or addresses of others')
    .exactOptional(),
};

/** A successor that nobody would ever be shown is a mistake. */
type Refinement = [(item: ItemStanding) => boolean, { path: string[]; message: string; params: { remedy: string } }];

export const successorIsMeant: Refinement = [
  ({ lifecycle, successor }: ItemStanding): boolean =>
    successor === undefined || lifecycle === 'deprecated' || lifecycle === 'retired',
  {
    path: ['successor'],
    message: 'only a deprecated or retired item has a successor',
    params: { remedy: 'remove it, or write “lifecycle: deprecated”' },
  },
];
