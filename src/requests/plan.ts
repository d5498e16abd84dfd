import { z } from 'zod';
import { approvalNeedSchema } from '../approvals/index.js';
import type { CatalogItem } from '../catalog/index.js';
import type { PolicyDecision } from '../policy/index.js';
import { type BudgetVerdict, type CostEstimate, NO_COST, type QuotaLine } from '../quotas/index.js';
import { digestOf, type JsonObject } from '../shared/index.js';

export type ChangeKind = 'create' | 'change' | 'destroy' | 'none' | 'unknown' | 'cannot';

/** What one step would do. `unknown` until an earlier step ran, `cannot` with the reason: never an invented output. Only upgrades destroy. */
export interface PlannedChange {
  readonly step: string;
  readonly title: string;
  readonly kind: ChangeKind;
  readonly summary: string;
  readonly details: readonly string[];
}

/** A resource that another one stands on: it is not destroyed before that. */
export interface Ground {
  readonly id: string;
  readonly title: string;
}

/** What a request would do, computed without doing it. */
export interface Plan {
  /** Of everything that an approval is about. */
  readonly digest: string;
  readonly item: { readonly name: string; readonly version: string; readonly digest: string };
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly leaseHours: number;
  readonly changes: readonly PlannedChange[];
  readonly decision: PolicyDecision;
  /** Part of the digest. */
  readonly cost: CostEstimate;
  /** What is wanted is part of the digest; how much others hold just now is not. */
  readonly quota: readonly QuotaLine[];
  /** As it looked when the plan was made. Null: no budget, or no cost. */
  readonly budget: BudgetVerdict | null;
  /** What it would stand on. */
  readonly standsOn: readonly Ground[];
}

const money = z.number();
const costSchema = z.object({
  currency: z.string(),
  hourly: money,
  monthly: money,
  once: money,
  untilEnd: money,
  lines: z.array(z.object({ price: z.string(), title: z.string(), quantity: z.number(), hourly: money, once: money })),
  missing: z.array(z.string()),
});
const quotaSchema = z.object({
  unit: z.string(),
  title: z.string(),
  wants: z.number(),
  limit: z.number().nullable(),
  held: z.number(),
  queued: z.number(),
  exceeded: z.boolean(),
  holders: z.array(z.object({ id: z.string(), title: z.string(), ownerId: z.string(), amount: z.number() })),
});
const budgetSchema = z.object({
  state: z.enum(['within', 'warn', 'over']),
  month: z.string(),
  currency: z.string(),
  budget: money,
  warnAt: money,
  blockAt: money,
  committed: money,
  adds: money,
});

const outcome = z.enum(['allow', 'deny', 'needs-approval']);
const reasonOutcome = z.enum(['allow', 'deny', 'needs-approval', 'warn', 'audit', 'waived']);
const content = z.object({
  title: z.string(),
  owner: z.string(),
  effect: z.enum(['deny', 'needs-approval', 'warn']),
  mode: z.enum(['enforce', 'audit', 'off']),
  waiver: z.object({ id: z.string(), until: z.string() }).optional(),
});

/** A {@link Plan} as it comes back from the database. */
export const planSchema = z.object({
  digest: z.string(),
  item: z.object({ name: z.string(), version: z.string(), digest: z.string() }),
  teamId: z.string(),
  environment: z.string(),
  parameters: z.record(z.string(), z.json()),
  leaseHours: z.number(),
  changes: z.array(
    z.object({
      step: z.string(),
      title: z.string(),
      kind: z.enum(['create', 'change', 'destroy', 'none', 'unknown', 'cannot']),
      summary: z.string(),
      details: z.array(z.string()),
    }),
  ),
  decision: z.object({
    outcome,
    reasons: z.array(
      z.object({ rule: z.string(), outcome: reasonOutcome, message: z.string(), content: content.optional() }),
    ),
    approval: approvalNeedSchema.optional(),
  }),
  // Plans of before there were costs and quotas have none.
  cost: costSchema.default({ ...NO_COST, lines: [], missing: [] }),
  quota: z.array(quotaSchema).default([]),
  budget: budgetSchema.nullable().default(null),
  standsOn: z.array(z.object({ id: z.string(), title: z.string() })).default([]),
}) as z.ZodType<Plan>;

/** Port, bound in orchestrator/: asks every step's action what it would do. */
export abstract class Planner {
  abstract plan(item: CatalogItem, scope: PlanScope): Promise<PlannedChange[]>;
}

export interface PlanScope {
  readonly params: JsonObject;
  readonly request: JsonObject;
  readonly resource: { readonly id: string };
  /** What was entered for what is done to a living resource. */
  readonly operation?: JsonObject;
}

export function planOf(parts: Omit<Plan, 'digest'>): Plan {
  const { item, teamId, environment, parameters, leaseHours, changes, cost, quota, standsOn } = parts;
  const wants = quota.map(({ unit, wants }) => ({ unit, wants }));
  const agreed = {
    item,
    teamId,
    environment,
    parameters,
    leaseHours,
    changes: agreedChanges(changes),
    cost,
    quota: wants,
    ...(standsOn.length > 0 && { standsOn: standsOn.map(({ id }) => id) }),
  };
  return { ...parts, digest: digestOf(agreed) };
}

/** What people agree to: details of what changes nothing only say what was found there, which is another thing each second. */
export function agreedChanges(changes: readonly PlannedChange[]): PlannedChange[] {
  return changes.map((change) => (change.kind === 'none' ? { ...change, details: [] } : change));
}
