import { z } from 'zod';
import { kebabName, title } from './names.js';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** On these days, from one time of the clock on the wall to a later one of the same day. */
interface AwakeWindow {
  readonly days: readonly Weekday[];
  /** `08:00` */
  readonly from: string;
  /** `18:00`, at most `24:00`. */
  readonly to: string;
}

/** When a resource is awake; otherwise it sleeps. */
export interface ScheduleChoice {
  readonly name: string;
  readonly title: string;
  /** Of whoever chooses it, if left out. */
  readonly timeZone?: string;
  readonly awake: readonly AwakeWindow[];
}

/** The schedules that an item offers, and the operations that put it to sleep and wake it. */
export interface Schedules {
  readonly sleep: string;
  readonly wake: string;
  readonly choices: readonly ScheduleChoice[];
}

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time is written 08:00');
const window = z
  .strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1), from: time, to: time })
  .refine(({ from, to }) => from < to, {
    path: ['to'],
    message: 'it ends before it begins',
    params: { remedy: 'write a later time of the same day, at most 24:00' },
  });

/** The shape of `schedules` in `catalog/items/*.yaml`. */
export const schedulesParser: z.ZodType<Schedules> = z.strictObject({
  sleep: kebabName.describe('The operation that puts it to sleep'),
  wake: kebabName.describe('The operation that wakes it'),
  choices: z
    .array(
      z.strictObject({
        name: kebabName,
        title: title.max(60),
        timeZone: z
          .string()
          .refine(isTimeZone, {
            message: 'there is no such time zone',
            params: { remedy: 'write one like Europe/Berlin' },
          })
          .exactOptional(),
        awake: z.array(window).min(1).max(10).describe('When it is awake, by the clock on the wall'),
      }),
    )
    .min(1)
    .max(10),
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
