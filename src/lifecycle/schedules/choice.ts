import type { ScheduleChoice, Schedules } from '../../catalog/index.js';
import type { ResourceSchedule } from './schedule.store.js';

const OF_SCHEDULE = 'schedule:';

/** The one that holds; null when there is none, or none by that name any more. */
export function choiceOf(offered: Schedules | null, schedule: ResourceSchedule | null): ScheduleChoice | null {
  return offered?.choices.find(({ name }) => name === schedule?.choice) ?? null;
}

/** Of the operation that brings a resource to a state for its schedule: one try is one operation. */
export function scheduleKey({ resourceId, attempt }: ResourceSchedule, state: ResourceSchedule['state']): string {
  return `${OF_SCHEDULE}${resourceId}:${attempt}:${state}`;
}

/** Whether an operation was the schedule's doing, by its key. */
export function isOfSchedule(idempotencyKey: string): boolean {
  return idempotencyKey.startsWith(OF_SCHEDULE);
}
