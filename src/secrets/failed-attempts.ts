const MAXIMUM_ADDRESSES = 10_000;

/** Counts refused tries by address in a window of time, in this process's memory. Guessing 256 bits is hopeless anyway; this keeps it quiet. */
export class FailedAttempts {
  private readonly byAddress = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly allowed: number,
    private readonly windowMilliseconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  isExhausted(address: string): boolean {
    const entry = this.byAddress.get(address);
    return entry !== undefined && entry.until > this.now() && entry.count >= this.allowed;
  }

  count(address: string): void {
    const entry = this.byAddress.get(address);
    const goesOn = entry !== undefined && entry.until > this.now();
    this.byAddress.delete(address);
    this.byAddress.set(address, {
      count: goesOn ? entry.count + 1 : 1,
      until: goesOn ? entry.until : this.now() + this.windowMilliseconds,
    });
    const [oldest] = this.byAddress.keys();
    if (this.byAddress.size > MAXIMUM_ADDRESSES && oldest !== undefined) this.byAddress.delete(oldest);
  }
}
