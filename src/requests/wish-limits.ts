import { Injectable } from '@nestjs/common';
import type { CatalogItem, ParameterError } from '../catalog/index.js';
import type { CostFacts, DecisionReason, PolicyDecision, QuotaFact } from '../policy/index.js';
import {
  Budgets,
  type BudgetVerdict,
  budgetSentence,
  type CostEstimate,
  Costs,
  holdersSentence,
  moneyWords,
  QuotaBook,
  type QuotaLine,
  Quotas,
  quotaSentence,
} from '../quotas/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Plan } from './plan.js';

/** Fewer letters say nothing. */
const LEAST_REASON = 10;

export interface WeighedWish {
  readonly item: CatalogItem;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  /** `request.*` of the item's expressions. */
  readonly request: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
  readonly queuedAs?: string;
  /** The resource whose quota and cost come free for it. */
  readonly insteadOf: string | null;
  /** Of what it costs once. */
  readonly paid?: number;
}

/** What a wish takes and costs, and what speaks against it. */
export interface Weighed {
  readonly cost: CostEstimate;
  readonly quota: readonly QuotaLine[];
  readonly budget: BudgetVerdict | null;
  readonly reasons: readonly DecisionReason[];
  /** Fields to look at again, when a reason is wanted and none is given. */
  readonly errors: readonly ParameterError[];
}

/** Holds a wish against quotas, prices and budgets. Reserves nothing. */
@Injectable()
export class WishLimits {
  constructor(
    private readonly costs: Costs,
    private readonly quotas: Quotas,
    private readonly budgets: Budgets,
    private readonly book: QuotaBook,
  ) {}

  /**
   * Whom the rules refuse anyway learns the cost, but not what a team holds and spends.
   * @throws NoAmount, ExpressionFailed when the item's own expressions fail
   */
  async weigh(wish: WeighedWish, ruled: PolicyDecision): Promise<Weighed> {
    const cost = this.costs.estimate(wish);
    if (ruled.outcome === 'deny') return { cost, quota: [], budget: null, reasons: [], errors: [] };
    const wants = this.quotas.wanted(wish);
    const quota = await this.quotas.check(wish, wants);
    const { paid = 0 } = wish;
    const budget = await this.budgets.check({ ...wish, cost: { ...cost, once: Math.max(0, cost.once - paid) } });
    return {
      cost,
      quota,
      budget,
      reasons: [...quota.flatMap(quotaReason), ...budgetReason(budget), ...this.priceReason(cost)],
      errors: reasonErrors(wish, cost, quota),
    };
  }

  private priceReason({ missing }: CostEstimate): DecisionReason[] {
    if (missing.length === 0 || this.book.whenPriceIsMissing() === 'allow') return [];
    const message = `What this costs can’t be told: catalog/prices.yaml has no price “${missing.join('”, “')}”. Ask the platform team to add it.`;
    return [{ rule: 'price-missing', outcome: 'deny', message }];
  }
}

/** The decision with what limits say on top: they only ever take away. */
export function limited(decision: PolicyDecision, { reasons }: Pick<Weighed, 'reasons'>): PolicyDecision {
  if (reasons.length === 0) return decision;
  return { outcome: 'deny', reasons: [...decision.reasons, ...reasons] };
}

/** For the rules: a cost that nobody can tell is left out, and what has no limit has none to give. */
export function costFacts({ cost, quota }: Pick<Weighed, 'cost' | 'quota'>): { cost?: CostFacts; quota: QuotaFact[] } {
  const units = quota.map(({ unit, limit, held, wants }) => ({ unit, limit: limit ?? 0, used: held, wanted: wants }));
  if (cost.missing.length > 0) return { quota: units };
  const { currency, hourly, monthly, untilEnd } = cost;
  return { cost: { currency, hourly, monthly, untilEnd }, quota: units };
}

/** Whether waiting would help: only quota stands in the way, and no unit is wanted beyond its whole limit. */
export function isQueueable({ decision, quota }: Pick<Plan, 'decision' | 'quota'>): boolean {
  return isForQuotaAlone(decision) && quota.every(({ wants, limit }) => limit !== null && wants <= limit);
}

/** Whether nothing but quota speaks against it. */
export function isForQuotaAlone(decision: PolicyDecision): boolean {
  const against = decision.reasons.filter(({ outcome }) => outcome === 'deny');
  return against.length > 0 && against.every(({ rule }) => rule.startsWith(QUOTA_RULE));
}

/** No rule of a file has a colon in its id. */
const QUOTA_RULE = 'quota:';

function quotaReason(line: QuotaLine): DecisionReason[] {
  if (!line.exceeded) return [];
  const hint = line.limit === null ? 'Ask the platform team to set one.' : holdersSentence(line);
  const message = `There is not enough left. ${capital(quotaSentence(line))}. ${hint}`.trim();
  return [{ rule: `${QUOTA_RULE}${line.unit}`, outcome: 'deny', message }];
}

function budgetReason(budget: BudgetVerdict | null): DecisionReason[] {
  if (budget?.state !== 'over') return [];
  const message = `This goes beyond ${budgetSentence(budget)}. Take something smaller or shorter, or release what is not needed.`;
  return [{ rule: 'budget', outcome: 'deny', message }];
}

/** Above a size somebody has to say why. With a cost that nobody can tell, too. */
function reasonErrors(
  { item, reason }: WeighedWish,
  cost: CostEstimate,
  quota: readonly QuotaLine[],
): readonly ParameterError[] {
  const above = item.justification?.above;
  if (above === undefined || reason.trim().length >= LEAST_REASON) return [];
  const { monthly, units = {} } = above;
  const because = [
    ...(monthly !== undefined && cost.missing.length > 0 ? ['nobody can tell what it costs'] : []),
    ...(monthly !== undefined && cost.monthly > monthly
      ? [`it costs about ${moneyWords(cost.monthly, cost.currency)} a month`]
      : []),
    ...quota
      .filter(({ unit, wants }) => wants > (units[unit] ?? Number.POSITIVE_INFINITY))
      .map(({ wants, title }) => `it takes ${wants} ${title}`),
  ];
  if (because.length === 0) return [];
  return [{ field: 'reason', message: `Why: write in a sentence what it is for, as ${because.join(' and ')}.` }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
