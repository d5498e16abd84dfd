import fc from 'fast-check';
import { seated } from './seating.js';

/** Tries everything. */
function most(seats: readonly (readonly number[])[], taken: readonly number[] = []): number {
  const [first, ...rest] = seats;
  if (first === undefined) return 0;
  const without = most(rest, taken);
  const withOne = first.filter((one) => !taken.includes(one)).map((one) => 1 + most(rest, [...taken, one]));
  return Math.max(without, ...withOne);
}

describe('seats', () => {
  it('are filled by distinct people who fit, as many as can be', () => {
    const seats = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(seats, (wanted) => {
        const filled = seated(wanted);
        const people = filled.filter((one) => one !== null);
        expect(new Set(people).size).toBe(people.length);
        for (const [seat, one] of filled.entries()) if (one !== null) expect(wanted[seat]).toContain(one);
        expect(people).toHaveLength(most(wanted));
      }),
    );
  });

  it('go to those who come first where that leaves nobody out', () => {
    expect(seated([['a', 'b'], ['c']])).toEqual(['a', 'c']);
    expect(seated([['a', 'b'], ['a']])).toEqual(['b', 'a']);
    expect(seated([['a'], ['a']])).toEqual(['a', null]);
  });
});
