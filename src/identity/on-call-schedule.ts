import { z } from 'zod';

const timezone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, 'this is no time zone; write one like Europe/Berlin');
const email = z.email().transform((address) => address.toLowerCase());

/** The shape of `catalog/on-call.yaml`. */
export const onCallParser = z.strictObject({
  timezone,
  rotation: z.strictObject({
    /** The day on which the first person takes over. */
    startsOn: z.iso.date(),
    /** Local time of the day at which the next one takes over. */
    handoverAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as "09:00", in quotes'),
    daysEach: z.int().min(1).max(90),
    people: z.array(email).min(1),
  }),
  overrides: z
    .array(
      z.strictObject({
        from: z.iso.datetime({ offset: true }),
        until: z.iso.datetime({ offset: true }),
        person: email,
      }),
    )
    .default([]),
});

export type OnCallSchedule = z.infer<typeof onCallParser>;

const DAY_MS = 86_400_000;

/** E-mail of whoever is on call at that moment. The last override that covers it wins over the rotation. */
export function onCallAt(schedule: OnCallSchedule, at: Date): string | null {
  const override = schedule.overrides.findLast(
    ({ from, until }) => Date.parse(from) <= at.getTime() && at.getTime() < Date.parse(until),
  );
  if (override !== undefined) return override.person;
  const { startsOn, handoverAt, daysEach, people } = schedule.rotation;
  const local = localTime(at, schedule.timezone);
  const beforeHandover = local.time < handoverAt ? 1 : 0;
  const days = Math.round((Date.parse(local.day) - Date.parse(startsOn)) / DAY_MS) - beforeHandover;
  if (days < 0) return null;
  return people[Math.floor(days / daysEach) % people.length] ?? null;
}

/** Wall-clock day and time, so that a handover stays at nine o'clock when summer time begins. */
function localTime(at: Date, timeZone: string): { day: string; time: string } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const [day = '', time = ''] = format.format(at).split(' ');
  return { day, time };
}
