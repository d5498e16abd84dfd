import { Injectable } from '@nestjs/common';
import type { Schedules } from '../../catalog/index.js';
import type { Tx } from '../../platform/database/index.js';
import { Clock } from '../../shared/index.js';
import type { OperationRun } from '../operations/operation-run.js';
import { asleepUntil, awakeUntil } from './awake.js';
import { choiceOf, isOfSchedule } from './choice.js';
import { ScheduleStore } from './schedule.store.js';

/** Whoever puts a resource with a schedule to sleep, or wakes it, is not undone by the schedule a moment later: it goes on when it would have come to the same. */
@Injectable()
export class ByHand {
  constructor(
    private readonly store: ScheduleStore,
    private readonly clock: Clock,
  ) {}

  /** An operation was done. */
  async note(tx: Tx, one: OperationRun, offered: Schedules | undefined): Promise<void> {
    if (offered === undefined || one.kind !== 'operation' || isOfSchedule(one.idempotencyKey)) return;
    if (one.name !== offered.sleep && one.name !== offered.wake) return;
    const schedule = await this.store.find(one.resourceId, tx);
    const choice = choiceOf(offered, schedule);
    if (schedule === null || choice === null) return;
    const [state, untilOf] =
      one.name === offered.sleep ? (['asleep', asleepUntil] as const) : (['awake', awakeUntil] as const);
    const until = untilOf(choice, schedule.timeZone, this.clock.now());
    await this.store.hold(tx, one.resourceId, { state, until, by: one.personId });
  }
}
