const LOOK_MILLISECONDS = 1_000;
/** Small corrections are no matter. */
const TOLERATED_SECONDS = 5;

/**
 * Notices when the machine's clock is set back while we run. The engine plans its next look at its queues by that clock, so it takes
 * nothing from them until the clock is where it was; a process started after the jump is all right.
 */
export class ClockWatch {
  private latest = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(onSetBack: (seconds: number) => void) {
    let isKnown = false;
    this.timer = setInterval(() => {
      this.latest = Math.max(this.latest, Date.now());
      const isSetBack = this.secondsBehind > 0;
      if (isSetBack && !isKnown) onSetBack(this.secondsBehind);
      isKnown = isSetBack;
    }, LOOK_MILLISECONDS).unref();
  }

  /** 0 unless the clock was set back. */
  get secondsBehind(): number {
    const seconds = Math.round((this.latest - Date.now()) / 1000);
    return seconds > TOLERATED_SECONDS ? seconds : 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
