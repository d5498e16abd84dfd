/**
 * Fills as many seats as can be filled, each by somebody who fits it and nobody on two of them. Those who come first in a
 * seat's set are preferred, and nobody who has a seat loses it to a later one without getting another.
 * @param seats who fits each seat
 * @returns who sits on each, null where nobody could be found
 */
export function seated<T>(seats: readonly Iterable<T>[]): (T | null)[] {
  const wanted = seats.map((seat) => [...seat]);
  const takers = new Map<T, number>();
  for (const seat of wanted.keys()) take(seat, wanted, takers, new Set());
  const filled: (T | null)[] = wanted.map(() => null);
  for (const [taker, seat] of takers) filled[seat] = taker;
  return filled;
}

/** One augmenting path: whoever sits where this seat's people would sit moves on to another seat that fits them. */
function take<T>(seat: number, wanted: readonly (readonly T[])[], takers: Map<T, number>, asked: Set<T>): boolean {
  for (const one of wanted[seat] ?? []) {
    if (asked.has(one)) continue;
    asked.add(one);
    const held = takers.get(one);
    if (held !== undefined && !take(held, wanted, takers, asked)) continue;
    takers.set(one, seat);
    return true;
  }
  return false;
}
