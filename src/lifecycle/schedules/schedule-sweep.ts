import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { People } from '../../identity/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { Redactor } from '../../secrets/index.js';
import { AppError, Clock } from '../../shared/index.js';
import { OperationUnderWay } from '../lifecycle.errors.js';
import { OperationOpening } from '../operations/operation-opening.js';
import { Operations } from '../operations/operations.js';
import { ResourceJournal } from '../resource-journal.js';
import { isAwakeAt } from './awake.js';
import { choiceOf, scheduleKey } from './choice.js';
import { type ResourceSchedule, ScheduleStore } from './schedule.store.js';

const TICK_MILLISECONDS = 10_000;

/**
 * Brings living resources to where their schedule wants them now, by the operations of their item. It compares, rather than waits
 * for a moment: it may be missed, repeated or run on every replica at once, as one try is one operation by its key.
 */
@Injectable()
export class ScheduleSweep {
  private isRunning = false;

  constructor(
    private readonly store: ScheduleStore,
    private readonly resources: Resources,
    private readonly operations: Operations,
    private readonly opening: OperationOpening,
    private readonly people: People,
    private readonly transactions: Transactions,
    private readonly journal: ResourceJournal,
    private readonly redactor: Redactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      await this.run();
    } catch (error) {
      this.logger.error('The sweep over schedules failed; the next tick tries again', error);
    } finally {
      this.isRunning = false;
    }
  }

  async run(): Promise<void> {
    for (const schedule of await this.store.due()) await this.bring(schedule);
  }

  private async bring(schedule: ResourceSchedule): Promise<void> {
    const resource = await this.resources.get(schedule.resourceId);
    try {
      await this.compare(schedule, resource);
    } catch (error) {
      if (error instanceof OperationUnderWay) return;
      this.logger.warn('A schedule could not be followed', { resourceId: resource.id, error: String(error) });
      await this.fail(schedule, resource, error instanceof AppError ? error.publicMessage : 'Something went wrong.');
    }
  }

  private async compare(schedule: ResourceSchedule, resource: Resource): Promise<void> {
    const offered = await this.operations.schedulesOf(resource);
    const choice = choiceOf(offered, schedule);
    const now = this.clock.now();
    const isHeld = (until: Date | null) => until !== null && until > now;
    const isItsTime = choice === null || isAwakeAt(choice, schedule.timeZone, now);
    const isAwake = isHeld(schedule.awakeUntil) || (isItsTime && (choice === null || !isHeld(schedule.asleepUntil)));
    const wanted = isAwake ? 'awake' : 'asleep';
    // What was begun comes to its end first, whatever is wanted by now.
    for (const state of ['asleep', 'awake'] as const) {
      const begun = await this.opening.known(scheduleKey(schedule, state));
      if (begun === null) continue;
      if (begun.state === 'done') return this.settle(schedule, resource, state);
      const isOver = begun.state === 'failed' || begun.state === 'denied' || begun.state === 'expired';
      return isOver ? this.fail(schedule, resource, begun.failure ?? 'It could not be done.') : undefined;
    }
    if (wanted === schedule.state || offered === null) return;
    const name = wanted === 'awake' ? offered.wake : offered.sleep;
    await this.begin(schedule, name, { resource, idempotencyKey: scheduleKey(schedule, wanted) });
  }

  /** By whoever set the schedule, if that person still may. */
  private async begin(
    { resourceId, setBy }: ResourceSchedule,
    name: string,
    { resource, idempotencyKey }: { resource: Resource; idempotencyKey: string },
  ): Promise<void> {
    const person = await this.people.getFresh(setBy);
    const wish = { resourceId, name, person, parameters: {}, reason: 'its schedule' };
    const { plan } = await this.operations.preview(wish);
    const { traceId } = resource;
    await this.operations.begin({ ...wish, planDigest: plan.digest, idempotencyKey, traceId });
  }

  private async settle(schedule: ResourceSchedule, resource: Resource, state: 'awake' | 'asleep'): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (!(await this.store.settle(tx, schedule, state))) return;
      const summary = state === 'awake' ? 'is awake, by its schedule' : 'sleeps, by its schedule';
      await this.journal.record(tx, resource, { type: `resource.${state}`, by: null, summary });
    });
  }

  private async fail(schedule: ResourceSchedule, resource: Resource, why: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (await this.store.fail(tx, schedule, this.redactor.text(why))) await this.journal.mark(tx, resource);
    });
  }
}
