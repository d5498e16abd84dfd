import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Metrics } from '../../observability/index.js';
import { Logger } from '../../platform/logging/index.js';
import { DriftStore } from './drift.store.js';
import { CHECK_INTERVAL_SECONDS, DriftChecks } from './drift-checks.js';

const TICK_MILLISECONDS = 30_000;
/** In one tick of one replica. */
const BATCH = 12;
const AT_ONCE = 3;

/** Looks at living resources in their turn. It may be missed, repeated or run on every replica at once. */
@Injectable()
export class DriftSweep {
  private isRunning = false;

  constructor(
    private readonly store: DriftStore,
    private readonly checks: DriftChecks,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      await this.run();
    } catch (error) {
      this.logger.error('The sweep that looks for drift failed; the next tick tries again', error);
    } finally {
      this.isRunning = false;
    }
  }

  /** Answers how many it looked at. */
  async run(): Promise<number> {
    await this.store.addMissing(CHECK_INTERVAL_SECONDS);
    const due = await this.store.claimDue(BATCH);
    const worker = async (first: number): Promise<void> => {
      for (let at = first; at < due.length; at += AT_ONCE) {
        const claim = due[at];
        if (claim !== undefined) await this.checks.check(claim);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => worker(n)));
    const counts = await this.store.count();
    this.metrics.resourceDrift.reset();
    for (const { item, environment, state, count } of counts)
      this.metrics.resourceDrift.set({ item, environment, state }, count);
    return due.length;
  }
}
