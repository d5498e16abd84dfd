import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DatabaseUnavailable } from '../../platform/database/index.js';
import { Logger, withTrace } from '../../platform/logging/index.js';
import { InFlight } from '../wire/in-flight.js';
import { PlanOpener } from './plan-opener.js';
import { type SentPlan, SentPlanStore } from './sent-plan.store.js';

/** More than these at the same time and Slack's three seconds would be at risk for all of them. */
const AT_ONCE = 4;
/** Beside those that come in. */
const FROM_LINE = 1;
const SWEEP_MILLISECONDS = 10_000;
/** While so many come that there is no such gap between them, they are answered first; for so long at most. */
const LULL_MILLISECONDS = 50;
const LONGEST_MILLISECONDS = 250;

/**
 * Plans that are sent. A few at a time are opened while the person waits for Slack's answer; when more come at once, such as after
 * an all-hands, each is written down, answered with "sending", and opened in order; its modal then shows what became of it.
 */
@Injectable()
export class SendingLine implements BeforeApplicationShutdown {
  private readonly line: SentPlan[] = [];
  private readonly work = new InFlight();
  private opening = 0;
  private fromLine = 0;
  private cameAt = 0;
  private isStopping = false;

  constructor(
    private readonly store: SentPlanStore,
    private readonly opener: PlanOpener,
    private readonly logger: Logger,
  ) {}

  /** Opens it now; or keeps it, and answers null once that is certain. */
  async openOrKeep<T>(sent: SentPlan, open: () => Promise<T>): Promise<T | null> {
    if (this.opening >= AT_ONCE || this.line.length > 0) {
      await this.store.keep(sent);
      this.cameAt = performance.now();
      this.add(sent);
      return null;
    }
    this.opening += 1;
    try {
      return await open();
    } finally {
      this.opening -= 1;
      this.goOn();
    }
  }

  /** What other replicas left behind. */
  @Interval(SWEEP_MILLISECONDS)
  async sweep(): Promise<void> {
    if (this.isStopping) return;
    try {
      for (const sent of await this.store.takeOver()) this.add(sent);
    } catch (error) {
      this.logger.error('Plans that were sent could not be taken over; the next tick tries again', error);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    const left = this.line.splice(0).map(({ draftId }) => draftId);
    await this.work.drained();
    if (left.length > 0) await this.store.letGo(left).catch(() => undefined);
  }

  private add(sent: SentPlan): void {
    if (this.line.some(({ draftId }) => draftId === sent.draftId)) return;
    this.line.push(sent);
    this.goOn();
  }

  private goOn(): void {
    if (this.isStopping || this.fromLine >= FROM_LINE) return;
    const sent = this.line.shift();
    if (sent === undefined) return;
    this.fromLine += 1;
    void this.work.track(this.open(sent)).finally(() => {
      this.fromLine -= 1;
      this.goOn();
    });
  }

  private async lull(): Promise<void> {
    for (let waited = 0; waited < LONGEST_MILLISECONDS; waited += LULL_MILLISECONDS) {
      if (this.isStopping || performance.now() - this.cameAt >= LULL_MILLISECONDS) return;
      await pause(LULL_MILLISECONDS);
    }
  }

  private async open(sent: SentPlan): Promise<void> {
    try {
      await this.lull();
      await withTrace(sent.traceId, () => this.opener.open(sent));
      await this.store.forget(sent.draftId);
    } catch (error) {
      // It stays written down: once nobody holds it any more it is taken up again.
      const fields = { draftId: sent.draftId };
      if (error instanceof DatabaseUnavailable) this.logger.warn('A plan that was sent waits for the database', fields);
      else this.logger.error('A plan that was sent could not be opened; it is tried again', error, fields);
    }
  }
}
