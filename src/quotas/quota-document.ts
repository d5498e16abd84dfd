import { z } from 'zod';
import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';

const id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'write lower-case letters, digits and single hyphens')
  .max(50);
const limit = z.number().min(0).max(1_000_000_000);
const percent = z.number().min(1).max(1000);

const unit = z.strictObject({
  id,
  /** As people read it, in the plural: `databases`. */
  title: z.string().trim().min(1).max(60),
  /** For every team and environment without a line of its own. */
  limit,
});

const limits = z.strictObject({
  team: id.exactOptional(),
  environment: id.exactOptional(),
  limits: z.record(id, limit),
});

const budget = z
  .strictObject({
    /** Left out: for every team without a line of its own. */
    team: id.exactOptional(),
    /** Money a calendar month (UTC), in the currency of prices.yaml. */
    monthly: z.number().min(0),
    warnPercent: percent.default(80),
    blockPercent: percent.default(100),
  })
  .refine((value) => value.warnPercent <= value.blockPercent, {
    path: ['warnPercent'],
    message: 'the warning would come after the block',
    params: { remedy: 'write at most blockPercent' },
  });

/** What a day's cost has to be above its own history to be told: `median + factor × spread`, and at least `floor` more. */
const anomalies = z.strictObject({
  factor: z.number().min(1).max(100).default(4),
  floor: z.number().min(0).default(5),
  historyDays: z.int().min(7).max(90).default(28),
  leastDays: z.int().min(3).max(90).default(7),
});

/** The shape of `catalog/quotas.yaml`: how much of what a team may hold, and what it may spend. */
export const quotaParser = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version has three numbers, 1.0.0'),
  units: z.array(unit).default([]),
  limits: z.array(limits).default([]),
  budgets: z.array(budget).default([]),
  /** What becomes of a request whose cost can't be told because a price is missing. */
  whenPriceIsMissing: z.enum(['deny', 'allow']).default('deny'),
  anomalies: anomalies.prefault({}),
});

export type QuotaDocument = z.infer<typeof quotaParser>;
export type Budget = QuotaDocument['budgets'][number];
export type AnomalyRule = QuotaDocument['anomalies'];

/** Names that lead nowhere or are given twice. */
export function quotaProblems(document: YamlDocument, { units, limits, budgets }: QuotaDocument): DocumentProblem[] {
  const ids = units.map((one) => one.id);
  const lines = limits.map(({ team = '*', environment = '*' }) => `${team} in ${environment}`);
  return [
    ...twice(document, 'units', 'id', ids),
    ...twice(document, 'limits', null, lines),
    ...twice(
      document,
      'budgets',
      null,
      budgets.map(({ team = '*' }) => team),
    ),
    ...limits.flatMap((line, index) =>
      Object.keys(line.limits).flatMap((name) =>
        ids.includes(name)
          ? []
          : [
              document.problem(
                ['limits', index, 'limits', name],
                `there is no unit “${name}”`,
                `write one of ${ids.join(', ')} instead, or add it under units`,
              ),
            ],
      ),
    ),
  ];
}

function twice(document: YamlDocument, list: string, key: string | null, names: readonly string[]): DocumentProblem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          document.problem(
            key === null ? [list, index] : [list, index, key],
            `“${name}” stands there already`,
            'merge the two',
          ),
        ],
  );
}
