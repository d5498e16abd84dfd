import { AppError } from '../../shared/index.js';

/** What is asked to stop gets this long to do so, so that a retry does not run beside its predecessor. */
const GRACE_MILLISECONDS = 5_000;

export class StepTimedOut extends AppError {
  readonly code = 'orchestrator.step_timed_out';
}

/**
 * Runs work with a signal that fires when its time is up. What it still finishes while it is being stopped counts.
 * @throws StepTimedOut
 */
export async function withinTime<T>(
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  graceMilliseconds = GRACE_MILLISECONDS,
): Promise<T> {
  const stop = new AbortController();
  const timedOut = (cause?: unknown): StepTimedOut =>
    new StepTimedOut(`It took longer than ${seconds} second${seconds === 1 ? '' : 's'}.`, { cause });
  let grace: NodeJS.Timeout | undefined;
  let alarm: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    alarm = setTimeout(() => {
      stop.abort();
      grace = setTimeout(() => {
        reject(timedOut());
      }, graceMilliseconds);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(stop.signal), late]);
  } catch (error) {
    throw stop.signal.aborted && !(error instanceof StepTimedOut) ? timedOut(error) : error;
  } finally {
    clearTimeout(alarm);
    clearTimeout(grace);
  }
}
