import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import { Budgets } from './budgets.js';
import type { NewCommitment, Spent } from './commitment.store.js';
import { Quotas, type Wants } from './quotas.js';

export interface NewHolding extends NewCommitment {
  readonly wants: Wants;
  /** The place in the queue that it comes from. */
  readonly queuedAs?: string;
}

/** What one resource takes of quota and budget, from its request to its end. Every method may be repeated. */
@Injectable()
export class Holdings {
  constructor(
    private readonly quotas: Quotas,
    private readonly budgets: Budgets,
  ) {}

  /** All or nothing, before anything is made. @throws BudgetExceeded, QuotaExceeded */
  async reserve(tx: Tx, { wants, queuedAs, ...commitment }: NewHolding): Promise<void> {
    const { resourceId: holderId, teamId, environment, title, ownerId } = commitment;
    // In this order everywhere: the row of the team, then the counters.
    await this.budgets.commit(tx, commitment);
    const lease = { holderKind: 'resource', holderId, teamId, environment, title, ownerId } as const;
    await this.quotas.take(tx, { ...lease, ...(queuedAs !== undefined && { queuedAs }) }, wants);
  }

  /** The resource is there, and costs from now on. */
  started(tx: Tx, resourceId: string, leaseEndsAt: Date | null): Promise<void> {
    return this.budgets.start(tx, resourceId, leaseEndsAt);
  }

  extended(tx: Tx, resourceId: string, leaseEndsAt: Date | null): Promise<void> {
    return this.budgets.extend(tx, resourceId, leaseEndsAt);
  }

  /** Somebody else has it from now on, perhaps of another team. @throws BudgetExceeded, QuotaExceeded */
  async transferred(tx: Tx, resourceId: string, to: { teamId: string; ownerId: string }): Promise<void> {
    await this.budgets.move(tx, resourceId, to);
    await this.quotas.move(tx, resourceId, to);
  }

  /** It is gone, or never came to be: what it held is returned, and it costs no more. Answers what it cost. Call it before `changes.mark`. */
  async over(tx: Tx, resourceId: string, because: string): Promise<Spent | null> {
    await this.quotas.release(tx, resourceId, because);
    return this.budgets.end(tx, resourceId);
  }
}
