/** Slack takes one message a second a channel; what comes sooner waits, and is then rendered anew. */
export class Lanes {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly taken = new Set<string>();

  constructor(
    private readonly paceMilliseconds: number,
    private readonly onFree: () => void,
  ) {}

  busy(): string[] {
    return [...this.taken];
  }

  isBusy(lane: string): boolean {
    return this.taken.has(lane);
  }

  /** Holds the lane for the work and the pace after it; false if it is held already. */
  enter(lane: string): boolean {
    if (this.taken.has(lane)) return false;
    this.taken.add(lane);
    return true;
  }

  /** The work is done; the lane is free again after the pace, or after as long as Slack wants. */
  leave(lane: string, afterMilliseconds = this.paceMilliseconds): void {
    clearTimeout(this.timers.get(lane));
    const timer = setTimeout(() => {
      this.timers.delete(lane);
      this.taken.delete(lane);
      this.onFree();
    }, afterMilliseconds);
    timer.unref();
    this.timers.set(lane, timer);
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
