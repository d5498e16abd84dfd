import type { Clock } from '../shared/index.js';

const MAX_ENTRIES = 5000;

/**
 * Remembers answers for a while. Failures are never remembered; callers who ask at once share one question. A caller
 * that must not rest on old answers names a moment: only what was asked since then counts.
 */
export class ExpiringCache<T> {
  private readonly entries = new Map<
    string,
    { readonly value: Promise<T>; readonly until: number; readonly moment: number }
  >();

  constructor(
    private readonly clock: Clock,
    private readonly moments: Moments,
    private readonly ttlSeconds: number,
  ) {}

  get(key: string, ask: () => Promise<T>, since = 0): Promise<T> {
    const now = this.clock.now().getTime();
    const known = this.entries.get(key);
    if (known !== undefined && known.moment >= since && now < known.until) return known.value;
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    const value = ask();
    this.entries.set(key, { value, until: now + this.ttlSeconds * 1000, moment: this.moments.current });
    value.catch(() => {
      if (this.entries.get(key)?.value === value) this.entries.delete(key);
    });
    return value;
  }

  forgetAll(): void {
    this.entries.clear();
  }
}

/** Counts moments: an order of events that no clock can turn back. */
export class Moments {
  current = 0;

  next(): number {
    this.current += 1;
    return this.current;
  }
}
