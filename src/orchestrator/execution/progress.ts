const PACE_MILLISECONDS = 500;

/** Lets at most two lines a second through to the card; the newest wins, the last one always arrives. */
export class Progress {
  private newest: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private lastAt = Number.NEGATIVE_INFINITY;
  private writing: Promise<void> = Promise.resolve();
  private closed = false;

  /** That a line can't be written fails no step: progress is a courtesy. */
  constructor(private readonly write: (line: string) => Promise<void>) {}

  /** Also harmless from an effect that goes on after its time was up. */
  report(line: string): void {
    if (this.closed) return;
    this.newest = line;
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
    const line = this.newest;
    if (line === null) return;
    this.newest = null;
    this.lastAt = performance.now();
    this.writing = this.writing.then(() => this.write(line)).catch(() => undefined);
  }
}
