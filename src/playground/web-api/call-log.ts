export interface LoggedCall {
  index: number;
  method: string;
  args: Record<string, unknown>;
  ok: boolean;
  error?: string;
}

export interface PlannedFailure {
  error: string;
  times: number;
  retryAfterSeconds?: number | undefined;
  status?: number | undefined;
}

/** Enough for any test; old calls are forgotten, so that a playground that runs for weeks does not grow. */
const KEPT = 5_000;

/** What the app called, and what tests have planned to go wrong. */
export class CallLog {
  private readonly calls: LoggedCall[] = [];
  private readonly planned = new Map<string, PlannedFailure>();
  private nextIndex = 0;

  record(method: string, args: Record<string, unknown>, error?: string): void {
    const { token: _token, ...shown } = args;
    this.calls.push({
      index: this.nextIndex,
      method,
      args: shown,
      ok: error === undefined,
      ...(error === undefined ? {} : { error }),
    });
    this.nextIndex += 1;
    if (this.calls.length > KEPT) this.calls.shift();
  }

  list(method?: string, sinceIndex = 0): LoggedCall[] {
    return this.calls.filter((call) => call.index >= sinceIndex && (method === undefined || call.method === method));
  }

  plan(method: string, failure: PlannedFailure): void {
    this.planned.set(method, { ...failure });
  }

  /** The failure that the next call of this method should meet, counted down. `*` stands for any method. */
  takePlanned(method: string): PlannedFailure | undefined {
    for (const name of [method, '*']) {
      const planned = this.planned.get(name);
      if (planned === undefined || planned.times < 1) continue;
      planned.times -= 1;
      return planned;
    }
    return undefined;
  }

  clear(): void {
    this.calls.length = 0;
    this.planned.clear();
  }
}
