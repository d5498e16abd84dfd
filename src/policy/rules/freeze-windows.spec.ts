import fc from 'fast-check';
import { freezeFacts } from './freeze-windows.js';
import { moment, timeFacts } from './zone.js';

const at = (text: string): Date => new Date(text);
const place = { teamId: 'payments', environment: 'production', itemName: 'postgres-database' };
const year = { id: 'year-end', title: 'Year-end freeze', from: '2026-12-18T18:00', until: '2027-01-04' };
const file = (freezes: object[], zone = 'Europe/Berlin') => ({
  version: '1.0.0',
  zone,
  freezes: freezes as (typeof year)[],
});

describe('freeze windows', () => {
  it('begin at their very minute in their zone, and are over when they end', () => {
    const active = (now: string): boolean => freezeFacts(file([year]), place, at(now)).active;
    expect(active('2026-12-18T16:59:59Z')).toBe(false);
    expect(active('2026-12-18T17:00:00Z')).toBe(true);
    expect(active('2027-01-03T22:59:59Z')).toBe(true);
    expect(active('2027-01-03T23:00:00Z')).toBe(false);
  });

  it('hold only for the environments, teams and items they name', () => {
    const now = at('2026-12-24T12:00:00Z');
    const active = (change: object): boolean => freezeFacts(file([{ ...year, ...change }]), place, now).active;
    expect(active({ environments: ['production'], teams: ['payments'], items: ['postgres-database'] })).toBe(true);
    expect(active({ environments: ['staging'] })).toBe(false);
    expect(active({ teams: ['platform'] })).toBe(false);
    expect(active({ items: ['demo-service'] })).toBe(false);
  });

  it('tell of several the one that ends last', () => {
    const short = { ...year, id: 'short', title: 'Short', until: '2026-12-20T12:30' };
    expect(freezeFacts(file([year, short]), place, at('2026-12-19T00:00:00Z'))).toEqual({
      active: true,
      ids: ['year-end', 'short'],
      title: 'Year-end freeze',
      until: '2027-01-04 00:00 (Europe/Berlin)',
    });
  });
});

describe('zones', () => {
  it.each([
    ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-12-01T12:00', 'Europe/Berlin', '2026-12-01T11:00:00.000Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-12-01', 'Asia/Kolkata', '2026-11-30T18:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, utc) => {
    expect(moment(local, zone)?.toISOString()).toBe(utc);
  });

  it('says what the clock on the wall says', () => {
    expect(timeFacts(at('2026-12-31T23:30:00Z'), 'Europe/Berlin')).toEqual({
      now: '2026-12-31T23:30:00.000Z',
      date: '2027-01-01',
      hour: 0,
      minute: 30,
      weekday: 'friday',
      zone: 'Europe/Berlin',
    });
  });

  it('is the same there and back, at any minute', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
    const minute = fc.date({ min: at('2020-01-01'), max: at('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(minute, zone, (date, name) => {
        const whole = new Date(Math.floor(date.getTime() / 60_000) * 60_000);
        const { date: day, hour, minute: past } = timeFacts(whole, name);
        const two = (value: number): string => String(value).padStart(2, '0');
        const back = moment(`${day}T${two(hour)}:${two(past)}`, name);
        // The hour that comes twice in autumn is the same on the wall.
        expect(Math.abs((back?.getTime() ?? 0) - whole.getTime()) % 1_800_000).toBe(0);
        expect(Math.abs((back?.getTime() ?? 0) - whole.getTime())).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });
});
