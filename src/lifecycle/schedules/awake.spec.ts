import { isAwakeAt, nextAwake } from './awake.js';

const office = { awake: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const, from: '08:00', to: '18:00' }] };
const at = (text: string) => new Date(text);

describe('schedules', () => {
  it('go by the clock on the wall of their zone', () => {
    expect(isAwakeAt(office, 'Europe/Berlin', at('2026-11-23T06:59:00Z'))).toBe(false);
    expect(isAwakeAt(office, 'Europe/Berlin', at('2026-11-23T07:00:00Z'))).toBe(true);
    expect(isAwakeAt(office, 'Europe/Berlin', at('2026-11-23T16:59:00Z'))).toBe(true);
    expect(isAwakeAt(office, 'Europe/Berlin', at('2026-11-23T17:00:00Z'))).toBe(false);
    expect(isAwakeAt(office, 'America/New_York', at('2026-11-23T13:00:00Z'))).toBe(true);
    expect(isAwakeAt(office, 'Europe/Berlin', at('2026-11-22T10:00:00Z'))).toBe(false);
  });

  it('begin at the same time of the clock before and after it is changed', () => {
    // Summer time ends on Sunday 2026-10-25 and begins on Sunday 2026-03-29.
    expect(nextAwake(office, 'Europe/Berlin', at('2026-10-22T20:00:00Z'))).toEqual(at('2026-10-23T06:00:00Z'));
    expect(nextAwake(office, 'Europe/Berlin', at('2026-10-23T20:00:00Z'))).toEqual(at('2026-10-26T07:00:00Z'));
    expect(nextAwake(office, 'Europe/Berlin', at('2026-03-27T20:00:00Z'))).toEqual(at('2026-03-30T06:00:00Z'));
  });

  it('are right in the hour that is skipped and in the one that comes twice', () => {
    const night = { awake: [{ days: ['sun'] as const, from: '02:30', to: '03:30' }] };
    // 02:30 does not exist on that day: it begins when the clock jumps past it.
    expect(isAwakeAt(night, 'Europe/Berlin', at('2026-03-29T00:59:00Z'))).toBe(false);
    expect(isAwakeAt(night, 'Europe/Berlin', at('2026-03-29T01:00:00Z'))).toBe(true);
    expect(isAwakeAt(night, 'Europe/Berlin', at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isAwakeAt(night, 'Europe/Berlin', at('2026-10-25T01:30:00Z'))).toBe(true);
  });

  it('may last until midnight, and whole days', () => {
    const week = { awake: [{ days: ['mon', 'tue'] as const, from: '00:00', to: '24:00' }] };
    expect(isAwakeAt(week, 'UTC', at('2026-11-23T23:59:00Z'))).toBe(true);
    expect(isAwakeAt(week, 'UTC', at('2026-11-24T00:00:00Z'))).toBe(true);
    expect(isAwakeAt(week, 'UTC', at('2026-11-25T00:00:00Z'))).toBe(false);
  });
});
