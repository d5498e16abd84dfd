const PACE_MILLISECONDS = 500;

/** Hands on what a step says at most twice a second, all lines since the last time together; the last ones always arrive. */
export class Progress {
  private waiting: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private lastAt = Number.NEGATIVE_INFINITY;
  private writing: Promise<void> = Promise.resolve();
  private closed = false;

  /** That a line can't be written fails no step: progress is a courtesy. */
  constructor(private readonly write: (lines: readonly string[]) => Promise<void>) {}

  /** Also harmless from an effect that goes on after its time was up. */
  report(line: string): void {
    if (this.closed) return;
    this.waiting.push(line);
    const wait = Math.max(0, this.lastAt + PACE_MILLISECONDS - performance.now());
    this.timer ??= setTimeout(() => {
      this.flush();
    }, wait);
  }

  /** Writes what is left; no line arrives after it. */
  async settle(): Promise<void> {
    this.closed = true;
    this.flush();
    await this.writing;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.waiting;
    if (lines.length === 0) return;
    this.waiting = [];
    this.lastAt = performance.now();
    this.writing = this.writing.then(() => this.write(lines)).catch(() => undefined);
  }
}
