import type { TimeFacts } from './rule-facts.js';

const MINUTE = 60_000;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A local date or time in a zone as a moment; null when there is no such date. In the hour that clocks skip, the next one. */
export function moment(local: string, zone: string): Date | null {
  const text = local.includes('T') ? local : `${local}T00:00`;
  const asUtc = new Date(`${text}:00Z`);
  if (Number.isNaN(asUtc.getTime()) || !asUtc.toISOString().startsWith(text)) return null;
  // Twice, as the offset may differ between the guess and the answer.
  const guess = new Date(asUtc.getTime() - offsetMinutes(asUtc, zone) * MINUTE);
  return new Date(asUtc.getTime() - offsetMinutes(guess, zone) * MINUTE);
}

/** What the clock on the wall says in a zone. */
export function timeFacts(now: Date, zone: string): TimeFacts {
  const wall = new Date(now.getTime() + offsetMinutes(now, zone) * MINUTE);
  return {
    now: now.toISOString(),
    date: wall.toISOString().slice(0, 10),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    weekday: WEEKDAYS[wall.getUTCDay()] ?? '',
    zone,
  };
}

function offsetMinutes(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
  return Math.round((wall - Math.floor(at.getTime() / MINUTE) * MINUTE) / MINUTE);
}
