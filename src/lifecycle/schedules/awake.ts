import { type ScheduleChoice, WEEKDAYS } from '../../catalog/index.js';

const STEP_MILLISECONDS = 300_000;
const LOOK_AHEAD_MILLISECONDS = 8 * 86_400_000;
const SHORT_WHILE_MILLISECONDS = 4 * 3_600_000;

/**
 * Whether it is to be awake at this moment, by the clock on the wall. Nothing is counted from one time to the next, so that the
 * hours that a change of the clocks skips or repeats are as right as all others.
 */
export function isAwakeAt({ awake }: Pick<ScheduleChoice, 'awake'>, timeZone: string, at: Date): boolean {
  const { day, time } = wallClock(timeZone, at);
  return awake.some(({ days, from, to }) => days.some((one) => one === day) && from <= time && time < to);
}

/** The next moment at which it is awake anyway; null when there is none within eight days. */
export function nextAwake(choice: Pick<ScheduleChoice, 'awake'>, timeZone: string, from: Date): Date | null {
  return next(true, choice, timeZone, from);
}

/** How long it stays awake when somebody wakes it: until it would be awake anyway, or for a short while. */
export function awakeUntil(choice: Pick<ScheduleChoice, 'awake'>, timeZone: string, from: Date): Date {
  return new Date(
    Math.max(nextAwake(choice, timeZone, from)?.getTime() ?? 0, from.getTime() + SHORT_WHILE_MILLISECONDS),
  );
}

/** How long it stays asleep when somebody puts it to sleep: until it would be asleep anyway. */
export function asleepUntil(choice: Pick<ScheduleChoice, 'awake'>, timeZone: string, from: Date): Date {
  return next(false, choice, timeZone, from) ?? new Date(from.getTime() + LOOK_AHEAD_MILLISECONDS);
}

function next(isAwake: boolean, choice: Pick<ScheduleChoice, 'awake'>, timeZone: string, from: Date): Date | null {
  const first = Math.ceil(from.getTime() / STEP_MILLISECONDS) * STEP_MILLISECONDS;
  for (let at = first; at < first + LOOK_AHEAD_MILLISECONDS; at += STEP_MILLISECONDS)
    if (isAwakeAt(choice, timeZone, new Date(at)) === isAwake) return new Date(at);
  return null;
}

function wallClock(timeZone: string, at: Date): { day: string; time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = (parts.get('weekday') ?? '').toLowerCase().slice(0, 3);
  return {
    day: WEEKDAYS.find((one) => one === day) ?? '',
    time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`,
  };
}
