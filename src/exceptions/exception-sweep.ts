import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { ExceptionStore } from './exception.store.js';
import { ExceptionJournal } from './exception-journal.js';

const TICK_MILLISECONDS = 30_000;
const BATCH = 50;

/** Reminds before exceptions end and writes down that they ended; in force they are by the clock alone. Safe on every replica. */
@Injectable()
export class ExceptionSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ExceptionStore,
    private readonly notices: Notices,
    private readonly journal: ExceptionJournal,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      await this.remind();
      await this.end();
    } catch (error) {
      this.logger.error('The sweep over exceptions failed; the next tick tries again', error);
    }
  }

  private remind(): Promise<void> {
    return this.transactions.run(async (tx) => {
      for (const { id, personId, ruleTitle, endsAt } of await this.store.takeEnding(tx, BATCH)) {
        await this.notices.post(tx, {
          key: `exception-ending:${id}`,
          to: { kind: 'person', personId },
          template: 'exception-ending',
          data: { exceptionId: id, title: ruleTitle, endsAt: endsAt?.toISOString() ?? '' },
        });
      }
    });
  }

  private end(): Promise<void> {
    return this.transactions.run(async (tx) => {
      for (const ended of await this.store.takeEnded(tx, BATCH)) {
        const summary = `the exception from “${ended.ruleTitle}” ended`;
        await this.journal.record(tx, ended, { type: 'exception.ended', by: null, summary });
      }
    });
  }
}
