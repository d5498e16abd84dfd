import { awayWish } from './away-text.js';

/** A Monday. */
const NOW = new Date('2026-11-23T12:00:00Z');
const until = (text: string, zone = 'UTC'): string => {
  const wish = awayWish(text, NOW, zone);
  return wish.kind === 'until' ? wish.endsAt.toISOString() : wish.kind;
};

describe('what is typed after /qm away', () => {
  it.each([
    ['until 2026-12-01', '2026-12-02T00:00:00.000Z'],
    ['2026-12-01 18:30', '2026-12-01T18:30:00.000Z'],
    ['until tomorrow', '2026-11-25T00:00:00.000Z'],
    ['until friday', '2026-11-28T00:00:00.000Z'],
    ['until Mon', '2026-12-01T00:00:00.000Z'],
    ['for 3 days', '2026-11-27T00:00:00.000Z'],
    ['2 weeks to @ben', '2026-12-08T00:00:00.000Z'],
    ['until 2026-02-30', 'unclear'],
    ['until 2026-12-01 25:00', 'unclear'],
    ['until soon', 'unclear'],
    ['back', 'back'],
    ['I’m off', 'unclear'],
    ['', 'show'],
  ])('“%s” means %s', (text, meant) => {
    expect(until(text)).toBe(meant);
  });

  it('means days of the person’s own time zone, also when summer time ends in between', () => {
    expect(until('until 2026-12-01', 'Europe/Berlin')).toBe('2026-12-01T23:00:00.000Z');
    expect(until('until 2026-12-01 09:00', 'America/New_York')).toBe('2026-12-01T14:00:00.000Z');
    expect(until('until 2027-03-28', 'Europe/Berlin')).toBe('2027-03-28T22:00:00.000Z');
    expect(until('until 2027-03-27', 'Europe/Berlin')).toBe('2027-03-27T23:00:00.000Z');
  });

  it('names who stands in', () => {
    expect(awayWish('until friday to <@U0BEN|ben>', NOW)).toMatchObject({ delegate: '<@U0BEN|ben>' });
    expect(awayWish('until friday to @ben', NOW)).toMatchObject({ delegate: '@ben' });
    expect(awayWish('until friday', NOW)).toMatchObject({ delegate: null });
  });
});
