/** What somebody typed after `/qm away`. */
export type AwayWish =
  | { readonly kind: 'show' }
  | { readonly kind: 'back' }
  | { readonly kind: 'until'; readonly endsAt: Date; readonly delegate: string | null }
  | { readonly kind: 'unclear' };

interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const UNIT_DAYS: Readonly<Record<string, number>> = { day: 1, days: 1, week: 7, weeks: 7 };
const WHEN = /^(?:until\s+|for\s+)?(.+?)(?:\s+to\s+(\S+))?$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]+(\d{1,2}):(\d{2}))?$/;

/**
 * `until 2026-12-01 [18:00] [to @person]`, `until friday`, `until tomorrow`, `3 days`, `back`. A day means its end, in the
 * person's own time zone.
 */
export function awayWish(text: string, now: Date, timezone = 'UTC'): AwayWish {
  const typed = text.trim().replaceAll(/\s+/g, ' ');
  if (typed === '') return { kind: 'show' };
  if (/^(i'?m )?back( again)?[.!]?$/i.test(typed)) return { kind: 'back' };
  const [, when = '', delegate = null] = WHEN.exec(typed) ?? [];
  const local = localTime(when.toLowerCase(), localOf(now, timezone));
  if (local === null) return { kind: 'unclear' };
  return { kind: 'until', endsAt: instantOf(local, timezone), delegate };
}

function localTime(when: string, today: Local): Local | null {
  const date = DATE.exec(when);
  if (date !== null) return dateOf(date);
  const [, count = '', unit = ''] = /^(\d{1,3}) ?(days?|weeks?)$/.exec(when) ?? [];
  const days = UNIT_DAYS[unit];
  if (days !== undefined) return endOfDay(today, Number(count) * days);
  if (when === 'today' || when === 'tomorrow') return endOfDay(today, when === 'today' ? 0 : 1);
  const weekday = WEEKDAYS.findIndex((name) => name === when || name.slice(0, 3) === when);
  if (weekday < 0) return null;
  const isNow = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  return endOfDay(today, (weekday - isNow + 7) % 7 || 7);
}

/** Null for a date that is in no calendar. */
function dateOf([, year, month, day, hour, minute]: RegExpExecArray): Local | null {
  const local = { year: Number(year), month: Number(month), day: Number(day) };
  const real = new Date(Date.UTC(local.year, local.month - 1, local.day));
  if (real.getUTCMonth() !== local.month - 1 || real.getUTCDate() !== local.day) return null;
  if (hour === undefined || minute === undefined) return endOfDay({ ...local, hour: 0, minute: 0 }, 0);
  return Number(hour) > 23 || Number(minute) > 59 ? null : { ...local, hour: Number(hour), minute: Number(minute) };
}

function endOfDay({ year, month, day }: Local, daysLater: number): Local {
  const next = new Date(Date.UTC(year, month - 1, day + daysLater + 1));
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate(), hour: 0, minute: 0 };
}

/** The wall clock of a zone at that moment. */
function localOf(moment: Date, timezone: string): Local {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = format.format(moment).split(/\D+/).map(Number);
  return { year, month, day, hour, minute };
}

/** The moment at which a zone's wall clock shows this; looked for twice, as the clock may be changed in between. */
function instantOf(local: Local, timezone: string): Date {
  const wanted = asUtc(local);
  const first = wanted - (asUtc(localOf(new Date(wanted), timezone)) - wanted);
  return new Date(first + (wanted - asUtc(localOf(new Date(first), timezone))));
}

function asUtc({ year, month, day, hour, minute }: Local): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
