const PACE_MILLISECONDS = 500;

/** Lets at most two lines a second through to the card; the newest wins, the last one always arrives. */
export class Progress {
  private newest: string | null = null;
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private lastAt = 0;

  constructor(private readonly write: (line: string) => Promise<void>) {}

  report(line: string): void {
    this.newest = line;
    if (this.timer !== undefined || this.writing !== null) return;
    const wait = Math.max(0, this.lastAt + PACE_MILLISECONDS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, wait);
  }

  /** Writes what is left. Progress is a courtesy: that it can't be written fails no step. */
  async settle(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.writing;
    await this.flush();
  }

  private async flush(): Promise<void> {
    const line = this.newest;
    if (line === null) return;
    this.newest = null;
    this.lastAt = performance.now();
    this.writing = this.write(line).catch(() => undefined);
    await this.writing;
    this.writing = null;
    const waiting = this.newest as string | null;
    if (waiting !== null) this.report(waiting);
  }
}
