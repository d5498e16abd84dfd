import { z } from 'zod';
import type { Json } from '../shared/index.js';
import { kebabName, stepName } from './names.js';

const MAX_EXAMPLES = 50;

/** What a request of the item gives, and what must come of it. Runs as a test by `npm run catalog:test`. */
export interface ItemExample {
  readonly title: string;
  /** Who asks: an e-mail address of access.yaml, or of somebody it does not name. */
  readonly person: string;
  /** Team id; the person's first team if left out. */
  readonly team?: string;
  /** The item's first environment if left out. */
  readonly environment?: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly leaseHours?: number;
  readonly reason: string;
  /** ISO 8601: when it is asked, for rules that look at the clock. */
  readonly time?: string;
  readonly expect: ItemExpectation;
}

/** What is left out is not looked at. */
export interface ItemExpectation {
  /** `invalid`: the form refuses what was entered. */
  readonly decision: 'allow' | 'needs-approval' | 'deny' | 'invalid';
  /** Rules that must be among those that spoke. */
  readonly rules?: readonly string[];
  /** Words that must stand in the sentence that says who has to agree. */
  readonly approvals?: readonly string[];
  /** Fields that must be refused. */
  readonly fields?: readonly string[];
  /** Step → what its plan says on an empty target. `none` is also a step that is left out. */
  readonly plan?: Readonly<Record<string, 'create' | 'change' | 'none' | 'unknown'>>;
  /** Step → inputs it must get, as far as they are known before anything has run. */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** The resource's title. */
  readonly resource?: string;
  /** In the currency of prices.yaml, to a cent. */
  readonly cost?: { readonly monthly?: number; readonly once?: number; readonly untilEnd?: number };
  readonly quota?: Readonly<Record<string, number>>;
}

const values = z.record(z.string().max(100), z.json()) as unknown as z.ZodType<Readonly<Record<string, Json>>>;
const text = z.string().trim().min(1).max(300);
const money = z.number().min(0);

const expectation = z.strictObject({
  decision: z.enum(['allow', 'needs-approval', 'deny', 'invalid']),
  rules: z.array(text).exactOptional(),
  approvals: z.array(text).exactOptional(),
  fields: z.array(text).exactOptional(),
  plan: z.record(stepName, z.enum(['create', 'change', 'none', 'unknown'])).exactOptional(),
  inputs: z.record(stepName, values).exactOptional(),
  resource: text.exactOptional(),
  cost: z
    .strictObject({ monthly: money.exactOptional(), once: money.exactOptional(), untilEnd: money.exactOptional() })
    .exactOptional(),
  quota: z.record(kebabName, money).exactOptional(),
});

/** Part of the shape of `catalog/items/*.yaml`. Not part of a version: examples may change without a new one. */
export const examplesShape = {
  examples: z
    .array(
      z.strictObject({
        title: text,
        person: z.email().transform((one) => one.toLowerCase()),
        team: kebabName.exactOptional(),
        environment: kebabName.exactOptional(),
        parameters: values.prefault({}),
        leaseHours: z.number().positive().exactOptional(),
        reason: z.string().max(3000).default('An example of the catalog'),
        time: z.iso.datetime({ offset: true }).exactOptional(),
        expect: expectation,
      }),
    )
    .max(MAX_EXAMPLES)
    .describe('Run as tests by npm run catalog:test')
    .exactOptional(),
};
