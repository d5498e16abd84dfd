import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { LeakSweep, QuotaBook, QuotaExceeded, Quotas, RUNS_UNIT } from '../quotas/index.js';
import { Requests } from '../requests/index.js';
import { RunStore } from './runs/index.js';

const SWEEP_MILLISECONDS = 300_000;

/** Concurrent runs are a limited good: each request's run takes one for as long as it goes on, and waits while there is none. */
@Injectable()
export class RunTurns {
  constructor(
    private readonly transactions: Transactions,
    private readonly quotas: Quotas,
    private readonly book: QuotaBook,
    private readonly requests: Requests,
    private readonly runs: RunStore,
    private readonly leaks: LeakSweep,
    private readonly logger: Logger,
  ) {}

  /** False: all are taken, ask again later. @throws QuotaExceeded when there may be none at all */
  async take(requestId: string, runId: string): Promise<boolean> {
    const { teamId, environment, requesterId: ownerId, itemName: title } = await this.requests.get(requestId);
    const limit = this.book.limit(teamId, environment, RUNS_UNIT);
    if (limit === null) return true;
    const lease = { holderKind: 'run', holderId: runId, teamId, environment, title, ownerId } as const;
    try {
      await this.transactions.run((tx) => this.quotas.take(tx, lease, { [RUNS_UNIT]: 1 }));
      return true;
    } catch (error) {
      if (error instanceof QuotaExceeded && limit >= 1) return false;
      throw error;
    }
  }

  /** Whoever waits may have it. Repeating it changes nothing. */
  async giveBack(runId: string): Promise<void> {
    await this.transactions.run((tx) => this.quotas.release(tx, runId, 'the run ended'));
  }

  async giveBackOf(requestId: string): Promise<void> {
    const { runId } = await this.requests.get(requestId);
    if (runId !== null) await this.giveBack(runId);
  }

  /** What was not returned when a run ended. */
  @Interval(SWEEP_MILLISECONDS)
  async sweep(): Promise<void> {
    await this.leaks
      .returnLeaks('run', (ids) => this.runs.over(ids))
      .catch((error: unknown) => {
        this.logger.error('The sweep over the quota of runs failed; the next tick tries again', error);
      });
  }
}
