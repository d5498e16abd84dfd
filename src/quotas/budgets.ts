import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { type BudgetVerdict, verdictOf } from './budget-verdict.js';
import {
  type ChangedCommitment,
  CommitmentStore,
  type NewCommitment,
  type Spent,
  THIS_MONTH,
} from './commitment.store.js';
import { type CostEstimate, exact } from './cost-estimate.js';
import { PriceBook } from './price-book.js';
import { QuotaBook } from './quota-book.js';
import { BudgetExceeded } from './quotas.errors.js';

export interface BudgetQuestion {
  readonly teamId: string;
  readonly cost: CostEstimate;
  readonly leaseHours: number;
  /** The resource whose cost comes free for it. */
  readonly insteadOf?: string | null;
}

type Source = Pick<Tx, 'query'>;

/** What a team may spend in a calendar month (UTC), against what its resources cost by then. */
@Injectable()
export class Budgets {
  constructor(
    private readonly transactions: Transactions,
    private readonly commitments: CommitmentStore,
    private readonly book: QuotaBook,
    private readonly prices: PriceBook,
  ) {}

  /** Null when the team has no budget, or this costs nothing. */
  check(question: BudgetQuestion): Promise<BudgetVerdict | null> {
    return this.judge(question, this.transactions);
  }

  /** How the month looks as it is. Null when the team has no budget. */
  async standing(teamId: string): Promise<BudgetVerdict | null> {
    const budget = this.book.budget(teamId);
    if (budget === null) return null;
    const { amount, month } = await this.commitments.committed(teamId);
    return verdictOf(budget, { committed: amount, adds: 0, month, currency: this.prices.currency() });
  }

  /** Notes that a budget looks worse than it ever did this month. False when that was noted before. */
  async worsened(tx: Tx, teamId: string, { state }: BudgetVerdict): Promise<boolean> {
    await this.lock(tx, teamId);
    const rows = await tx.query(
      `update budget_states set state = $2, version = version + 1
       where team_id = $1 and month = (${THIS_MONTH} at time zone 'UTC')::date and state = any($3) returning state`,
      [teamId, state, state === 'over' ? ['within', 'warn'] : state === 'warn' ? ['within'] : []],
    );
    return rows.length > 0;
  }

  /** Writes down what a resource will cost, one request of a team at a time, so that a budget can't be passed by many at once. @throws BudgetExceeded */
  async commit(tx: Tx, commitment: NewCommitment): Promise<void> {
    const { teamId, cost } = commitment;
    if (cost.lines.length === 0) return;
    await this.lock(tx, teamId);
    const verdict = await this.judge(commitment, tx);
    if (verdict?.state === 'over') throw new BudgetExceeded(verdict);
    await this.commitments.insert(tx, commitment);
  }

  /** The resource is there: from now on it costs. */
  start(tx: Tx, resourceId: string, leaseEndsAt: Date | null): Promise<void> {
    return this.commitments.start(tx, resourceId, leaseEndsAt);
  }

  extend(tx: Tx, resourceId: string, leaseEndsAt: Date | null): Promise<void> {
    return this.commitments.extend(tx, resourceId, leaseEndsAt);
  }

  /** From now on another team pays for it. @throws BudgetExceeded when that is more than the team may spend */
  async move(tx: Tx, resourceId: string, to: { teamId: string; ownerId: string }): Promise<void> {
    await this.lock(tx, to.teamId);
    const before = await this.commitments.committed(to.teamId, tx);
    await this.commitments.move(tx, resourceId, to);
    const budget = this.book.budget(to.teamId);
    const { amount, month } = await this.commitments.committed(to.teamId, tx);
    const adds = amount - before.amount;
    if (budget === null || adds <= 0) return;
    const verdict = verdictOf(budget, { committed: before.amount, adds, month, currency: this.prices.currency() });
    if (verdict.state === 'over') throw new BudgetExceeded(verdict);
  }

  /**
   * Counts what a change of a running resource would add, until {@link settle} or {@link unplan}. One that adds nothing is never refused.
   * Its cost is that of the whole resource afterwards, and what the change itself costs once. @throws BudgetExceeded
   */
  async plan(tx: Tx, change: ChangedCommitment): Promise<void> {
    const { teamId, resourceId, cost } = change;
    await this.lock(tx, teamId);
    const more = Math.max(0, exact(cost.hourly - ((await this.commitments.hourly(tx, resourceId)) ?? 0)));
    if (more + cost.once === 0) return;
    const verdict = await this.judge({ ...change, insteadOf: resourceId }, tx);
    if (verdict?.state === 'over') throw new BudgetExceeded(verdict);
    await this.commitments.plan(tx, { ...change, cost: { ...cost, hourly: more } });
  }

  /** The change is there: from now on it costs that. */
  async settle(tx: Tx, change: ChangedCommitment): Promise<void> {
    await this.commitments.unplan(tx, change.resourceId);
    await this.commitments.change(tx, change);
  }

  /** The change did not come, or costs nothing else. */
  unplan(tx: Tx, resourceId: string): Promise<void> {
    return this.commitments.unplan(tx, resourceId);
  }

  /** It is gone, or never came to be. Answers what it cost, if anything. */
  end(tx: Tx, resourceId: string): Promise<Spent | null> {
    return this.commitments.end(tx, resourceId);
  }

  private async judge(
    { teamId, cost, leaseHours, insteadOf = null }: BudgetQuestion,
    source: Source,
  ): Promise<BudgetVerdict | null> {
    const budget = this.book.budget(teamId);
    if (budget === null || cost.hourly + cost.once === 0) return null;
    const { amount, hoursLeft, month } = await this.commitments.committed(teamId, source, insteadOf);
    const adds = cost.hourly * Math.min(leaseHours, hoursLeft) + cost.once;
    return verdictOf(budget, { committed: amount, adds, month, currency: cost.currency });
  }

  private async lock(tx: Tx, teamId: string): Promise<void> {
    await tx.query(
      `insert into budget_states as known (team_id, month) values ($1, (${THIS_MONTH} at time zone 'UTC')::date)
       on conflict (team_id, month) do update set team_id = known.team_id`,
      [teamId],
    );
  }
}
