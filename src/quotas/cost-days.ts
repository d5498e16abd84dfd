import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Audit } from '../audit/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Ids } from '../shared/index.js';
import { type Anomaly, anomalyOf } from './anomaly.js';
import { moneyWords } from './budget-verdict.js';
import { CostDayStore, type Riser, type SeriesDay } from './cost-day.store.js';
import { QuotaBook } from './quota-book.js';

const TICK_MILLISECONDS = 600_000;

/**
 * Writes down what each day cost, once it is over, and tells the owner when a day cost far more than its own history. A tick may be
 * missed, repeated or run on every replica at once: a day is recorded, and judged, in one transaction.
 */
@Injectable()
export class CostDays {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: CostDayStore,
    private readonly book: QuotaBook,
    private readonly notices: Notices,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      await this.recordDue();
    } catch (error) {
      this.logger.error('The cost of a day was not recorded; the next tick tries again', error);
    }
  }

  /** Answers the days that were recorded now, `2026-11-22`. */
  async recordDue(): Promise<string[]> {
    const recorded: string[] = [];
    for (const day of await this.store.due()) {
      const isNew = await this.transactions.run(async (tx) => {
        if (!(await this.store.record(tx, day))) return false;
        await this.judge(tx, day);
        return true;
      });
      if (isNew) recorded.push(day);
    }
    return recorded;
  }

  private async judge(tx: Tx, day: string): Promise<void> {
    const rule = this.book.anomalies();
    for (const series of await this.store.seriesOf(tx, day, rule.historyDays)) {
      const anomaly = anomalyOf(series.history, series.amount, rule);
      if (anomaly === null) continue;
      const riser = await this.store.riser(tx, day, series, rule.historyDays);
      if (riser === null) continue;
      const wentOn = await this.store.wentOn(tx, day, series);
      const isNew = await this.store.found(tx, day, series, { ...anomaly, told: riser.ownerId });
      if (isNew && !wentOn) await this.tell(tx, day, series, anomaly, riser);
    }
  }

  private async tell(tx: Tx, day: string, series: SeriesDay, anomaly: Anomaly, riser: Riser): Promise<void> {
    const { teamId, environment, itemName, currency, amount } = series;
    const money = (value: number): string => moneyWords(value, currency);
    const what = `${itemName} of ${teamId} in ${environment} cost ${money(amount)} on ${day}`;
    await this.notices.post(tx, {
      key: `cost-anomaly:${day}:${teamId}:${environment}:${itemName}`,
      to: { kind: 'person', personId: riser.ownerId },
      template: 'plain',
      data: {
        text: `💶 ${what}. Usual are ${money(anomaly.usual)} a day; more than ${money(anomaly.threshold)} is remarkable. Most of the rise is ${riser.title} (\`${riser.resourceId}\`), which is yours. If it is not needed, destroy it; the cost command shows the month.`,
      },
    });
    await this.audit.append(tx, {
      type: 'cost.anomaly_found',
      actor: { kind: 'system', id: 'quotas' },
      subject: { kind: 'resource', id: riser.resourceId },
      traceId: this.ids.next('trc'),
      summary: `${what}, far above its history`,
      data: {
        day,
        teamId,
        environment,
        itemName,
        currency,
        amount,
        usual: anomaly.usual,
        threshold: anomaly.threshold,
      },
    });
  }
}
