import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';
import { RunControl } from './run-control.js';

const TICK_MILLISECONDS = 60_000;
const BATCH = 50;

/** Rolls back what was kept for inspection once its time is over. A tick may be missed, repeated, or run on two replicas. */
@Injectable()
export class HaltSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly runs: RunControl,
    private readonly journal: RequestJournal,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      for (const id of await this.store.overdueHalts(BATCH))
        await this.rollBack(id).catch((error: unknown) => {
          this.logger.error('A halted request was not rolled back; the next tick tries again', error, { id });
        });
    } catch (error) {
      this.logger.error('Looking for halted requests failed; the next tick tries again', error);
    }
  }

  private async rollBack(id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const request = await this.store.lock(tx, id);
      if (request.state !== 'halted') return;
      const runId = await this.runs.rollBack(tx, request);
      const resumed = await this.store.resume(tx, id, runId);
      if (resumed === null) return;
      await this.runs.perform(tx, resumed, runId);
      const summary = 'is rolled back: nobody went on with it in time';
      await this.journal.record(tx, resumed, { type: 'request.rolled_back', by: null, summary, data: { runId } });
    });
  }
}
