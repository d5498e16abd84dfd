import type { Clock } from '../shared/index.js';

const MAX_ENTRIES = 5000;

/** Remembers answers for a while. Failures are never remembered; callers who ask at once share one question. */
export class ExpiringCache<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; readonly until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly ttlSeconds: number,
  ) {}

  /** The remembered answer, or a new one. `fresh` asks anew, whatever is remembered. */
  get(key: string, ask: () => Promise<T>, fresh = false): Promise<T> {
    const now = this.clock.now().getTime();
    const known = this.entries.get(key);
    if (!fresh && known !== undefined && now < known.until) return known.value;
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    const value = ask();
    this.entries.set(key, { value, until: now + this.ttlSeconds * 1000 });
    value.catch(() => {
      if (this.entries.get(key)?.value === value) this.entries.delete(key);
    });
    return value;
  }
}
