import { Injectable } from '@nestjs/common';
import { RunStore } from '../runs/index.js';

const LOOK_MILLISECONDS = 1_000;

/** Tells a step at work that its run is to stop, wherever that was asked for. */
@Injectable()
export class CancelWatch {
  constructor(private readonly store: RunStore) {}

  /** Call `done` when the step is. */
  over(runId: string): { signal: AbortSignal; done: () => void } {
    const stop = new AbortController();
    const timer = setInterval(() => {
      // A look that fails is made up for by the next one.
      this.store.isCancelled(runId).then(
        (cancelled) => {
          if (cancelled) stop.abort();
        },
        () => undefined,
      );
    }, LOOK_MILLISECONDS);
    timer.unref();
    return {
      signal: stop.signal,
      done: () => {
        clearInterval(timer);
      },
    };
  }
}
