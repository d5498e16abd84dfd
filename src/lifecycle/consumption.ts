import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem } from '../catalog/index.js';
import type { Tx } from '../platform/database/index.js';
import type { DecisionReason, PolicyDecision } from '../policy/index.js';
import {
  Budgets,
  type ChangedCommitment,
  type CostEstimate,
  Costs,
  type QuotaLine,
  Quotas,
  type Wants,
} from '../quotas/index.js';
import { limited, type Weighed, WishLimits } from '../requests/index.js';
import type { Resource } from '../resources/index.js';
import { Clock, type JsonObject } from '../shared/index.js';

const HOUR_MILLISECONDS = 3_600_000;

/** What a resource takes of its team's quotas, and costs. */
export interface Consumed {
  readonly wants: Wants;
  readonly cost: CostEstimate;
}

/** How much of a unit a resource takes now, and would take. */
export interface QuotaChange {
  readonly line: QuotaLine;
  /** Null when the version that made it is not known any more. */
  readonly before: number | null;
}

/** Two states of a living resource. */
export interface ConsumptionChange {
  /** Null when the version that made it is not known any more. */
  readonly before: Consumed | null;
  readonly after: Consumed;
}

/** A change as it would be, with what speaks against it. */
export interface WeighedChange extends ConsumptionChange, Pick<Weighed, 'budget' | 'reasons'> {
  /** Units of which it would take another amount. */
  readonly quota: readonly QuotaChange[];
}

/** What would be of a resource: by which version of its item, with which parameters. */
export interface Next {
  readonly item: CatalogItem;
  readonly parameters: JsonObject;
  /** Why they want it, as above a size somebody has to say so. Null where it is not their wish but the item's. */
  readonly reason: string | null;
}

/**
 * What a living resource takes of quotas and budgets when it is changed: the greater of before and after while the change is under way,
 * what it needs once that has ended. Whoever could not have it as a request can't come to it by way of a change.
 */
@Injectable()
export class Consumption {
  constructor(
    private readonly catalog: Catalog,
    private readonly quotas: Quotas,
    private readonly costs: Costs,
    private readonly budgets: Budgets,
    private readonly limits: WishLimits,
    private readonly clock: Clock,
  ) {}

  /** Of a resource as it is. Null when its version is not known any more. */
  async of(resource: Resource): Promise<Consumed | null> {
    const item = await this.versionOf(resource);
    return item === null ? null : this.would(resource, item, resource.parameters);
  }

  /** The version that a resource is of. Null when it is not known any more. */
  versionOf({ itemName, itemDigest }: Resource): Promise<CatalogItem | null> {
    return this.catalog.findVersion(itemName, itemDigest);
  }

  /** What it would be otherwise. */
  would(resource: Resource, item: CatalogItem, parameters: JsonObject): Consumed {
    const question = { item, parameters, request: requestOf(resource) };
    const cost = this.costs.estimate({ ...question, leaseHours: this.hoursLeft(resource) });
    return { wants: this.quotas.wanted(question), cost };
  }

  /** From what it was to what it is. Null when its version is not known any more. */
  async between(was: Resource, is: Resource): Promise<ConsumptionChange | null> {
    const [before, after] = [await this.of(was), await this.of(is)];
    return after === null ? null : { before, after };
  }

  /** Reserves nothing. What takes and costs no more than before is never refused. */
  async weigh(resource: Resource, { item, parameters, reason }: Next, ruled: PolicyDecision): Promise<WeighedChange> {
    const { id, teamId, environment } = resource;
    const before = await this.of(resource);
    const after = this.would(resource, item, parameters);
    const place = { teamId, environment, insteadOf: id, paid: before?.cost.once ?? 0 };
    const wish = {
      item,
      parameters,
      reason: reason ?? '',
      request: requestOf(resource),
      leaseHours: this.hoursLeft(resource),
    };
    const { quota, budget, reasons, errors } = await this.limits.weigh({ ...place, ...wish }, ruled);
    const growing = growth({ before, after });
    const unsaid = reason === null ? [] : errors.map(({ message }) => deny(JUSTIFICATION, message));
    const against = [...reasons, ...unsaid];
    return {
      before,
      after,
      quota: quota.flatMap((line) => quotaChange(line, before, growing)),
      budget: growing.has(COST) ? budget : null,
      reasons: against.filter(({ rule }) => isOf(rule, growing)),
    };
  }

  /** With what a change begins, in the caller's transaction. @throws QuotaExceeded, BudgetExceeded */
  async take(tx: Tx, resource: Resource, change: ConsumptionChange): Promise<void> {
    const { id, teamId, environment, ownerId, title } = resource;
    const lease = { holderKind: 'resource', holderId: id, teamId, environment, title, ownerId } as const;
    await this.quotas.take(tx, lease, change.after.wants);
    if (growth(change).has(COST)) await this.budgets.plan(tx, this.commitment(resource, change));
  }

  /** The change is there, in the caller's transaction. `resource`: as it is now. What did not become dearer or cheaper keeps its price. */
  async settle(tx: Tx, resource: Resource, change: ConsumptionChange | null): Promise<void> {
    if (change === null) return this.budgets.unplan(tx, resource.id);
    await this.quotas.shrink(tx, resource.id, change.after.wants);
    if (isSameCost(change)) await this.budgets.unplan(tx, resource.id);
    else await this.budgets.settle(tx, this.commitment(resource, change));
  }

  /** The change did not come: what was taken for it goes back, in the caller's transaction. */
  async giveBack(tx: Tx, resource: Resource, standing: Consumed | null): Promise<void> {
    if (standing !== null) await this.quotas.shrink(tx, resource.id, standing.wants);
    await this.budgets.unplan(tx, resource.id);
  }

  /** Until its lease ends; all of it where that is not known. */
  hoursLeft({ leaseEndsAt, leaseHours }: Resource): number {
    if (leaseEndsAt === null) return leaseHours;
    return Math.max(0, leaseEndsAt.getTime() - this.clock.now().getTime()) / HOUR_MILLISECONDS;
  }

  /** What was paid once is not paid again. */
  private commitment(resource: Resource, { before, after: { cost } }: ConsumptionChange): ChangedCommitment {
    const { id: resourceId, teamId, environment, itemName, ownerId, title, leaseEndsAt } = resource;
    const about = { resourceId, teamId, environment, itemName, ownerId, title, leaseEndsAt };
    const once = Math.max(0, cost.once - (before?.cost.once ?? 0));
    return { ...about, leaseHours: Math.ceil(this.hoursLeft(resource)), cost: { ...cost, once } };
  }
}

/** The decision with what limits say on top. */
export function decidedWith(decision: PolicyDecision, change: Pick<WeighedChange, 'reasons'> | null): PolicyDecision {
  return change === null ? decision : limited(decision, change);
}

/** What to write where a reason is wanted and none is given; null where nothing is. */
export function reasonWanted(change: WeighedChange | null): string | null {
  return change?.reasons.find(({ rule }) => rule === JUSTIFICATION)?.message ?? null;
}

/** What is agreed to with the plan: where prices or parameters are others by then, it is another one. */
export function agreedConsumption({ after: { wants, cost } }: ConsumptionChange): JsonObject {
  const { hourly, once, currency } = cost;
  return { wants: { ...wants }, cost: { hourly, once, currency } };
}

const COST = 'cost';
const QUOTA_RULE = 'quota:';
const JUSTIFICATION = 'justification';

/** The units of which it takes more, and `cost` when it becomes dearer. */
function growth({ before, after }: ConsumptionChange): ReadonlySet<string> {
  const units = Object.entries(after.wants).filter(([unit, amount]) => amount > (before?.wants[unit] ?? 0));
  const { hourly, once, missing } = after.cost;
  const was = before?.cost;
  const isDearer =
    hourly > (was?.hourly ?? 0) || once > (was?.once ?? 0) || missing.length > (was?.missing.length ?? 0);
  return new Set([...units.map(([unit]) => `${QUOTA_RULE}${unit}`), ...(isDearer ? [COST] : [])]);
}

function quotaChange(line: QuotaLine, before: Consumed | null, growing: ReadonlySet<string>): QuotaChange[] {
  const was = before === null ? null : (before.wants[line.unit] ?? 0);
  const exceeded = line.exceeded && growing.has(`${QUOTA_RULE}${line.unit}`);
  return was === line.wants ? [] : [{ line: { ...line, exceeded }, before: was }];
}

function isOf(rule: string, growing: ReadonlySet<string>): boolean {
  if (rule.startsWith(QUOTA_RULE)) return growing.has(rule);
  return rule === JUSTIFICATION ? growing.size > 0 : growing.has(COST);
}

function isSameCost({ before, after }: ConsumptionChange): boolean {
  return before !== null && before.cost.hourly === after.cost.hourly && before.cost.once === after.cost.once;
}

function deny(rule: string, message: string): DecisionReason {
  return { rule, outcome: 'deny', message };
}

function requestOf({ requestId, teamId: team, environment, ownerId: requesterId }: Resource): JsonObject {
  return { id: requestId ?? '', team, environment, requesterId, reason: '' };
}
