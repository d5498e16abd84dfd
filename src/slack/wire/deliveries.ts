import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';
import type { DeliveryFacts } from './delivery-facts.js';

const REMEMBERED_IN_MEMORY = 5000;
const SWEEP_MILLISECONDS = 3_600_000;

/**
 * Which deliveries were taken. They are written down before they are acknowledged, so that a second replica knows too. Commands that
 * only look are kept in memory alone: the same answer from two replicas does no harm.
 */
@Injectable()
export class Deliveries {
  private readonly recent = new Set<string>();

  constructor(
    private readonly transactions: Transactions,
    private readonly logger: Logger,
  ) {}

  /** True for the first to take it: in this process, and if it is durable everywhere. */
  async claim(facts: DeliveryFacts, traceId: string): Promise<boolean> {
    const { key, durable } = facts;
    if (key === undefined) return true;
    if (this.recent.has(key)) return false;
    this.remember(key);
    return !durable || this.claimEverywhere(facts, traceId);
  }

  /** True for the first of all replicas. Not to be asked twice about the same delivery. */
  async claimEverywhere({ key, kind }: DeliveryFacts, traceId: string): Promise<boolean> {
    if (key === undefined) return true;
    try {
      const rows = await this.transactions.query(
        'insert into slack_deliveries (key, kind, trace_id) values ($1, $2, $3) on conflict (key) do nothing returning key',
        [key, kind, traceId],
      );
      return rows.length > 0;
    } catch (error) {
      this.recent.delete(key);
      throw error;
    }
  }

  /** Slack repeats for some minutes; a day is plenty. */
  @Interval(SWEEP_MILLISECONDS)
  async forgetOld(): Promise<void> {
    await this.transactions
      .query(`delete from slack_deliveries where received_at < now() - interval '1 day'`)
      .catch((error: unknown) => {
        this.logger.warn('Old deliveries were not forgotten; the next tick tries again', { error: messageOf(error) });
      });
  }

  private remember(key: string): void {
    this.recent.add(key);
    if (this.recent.size <= REMEMBERED_IN_MEMORY) return;
    const [oldest] = this.recent;
    if (oldest !== undefined) this.recent.delete(oldest);
  }
}
