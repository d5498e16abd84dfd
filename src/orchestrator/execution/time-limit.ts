import { AppError } from '../../shared/index.js';

/** What is asked to stop gets this long to do so, so that a retry does not run beside its predecessor. */
const GRACE_MILLISECONDS = 5_000;

export class StepTimedOut extends AppError {
  readonly code = 'orchestrator.step_timed_out';
}

export class StepCancelled extends AppError {
  readonly code = 'orchestrator.step_cancelled';
}

/**
 * Runs work with a signal that fires when its time is up, or when it is cancelled. What it still finishes while it is being stopped
 * counts. @throws StepTimedOut, StepCancelled
 */
export async function withinTime<T>(
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  { cancelled, graceMilliseconds = GRACE_MILLISECONDS }: { cancelled?: AbortSignal; graceMilliseconds?: number } = {},
): Promise<T> {
  const stop = new AbortController();
  const ended = (cause?: unknown): StepTimedOut | StepCancelled =>
    cancelled?.aborted === true
      ? new StepCancelled('It was cancelled.', { cause })
      : new StepTimedOut(`It took longer than ${seconds} second${seconds === 1 ? '' : 's'}.`, { cause });
  let grace: NodeJS.Timeout | undefined;
  let alarm: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const end = (): void => {
      stop.abort();
      grace ??= setTimeout(() => {
        reject(ended());
      }, graceMilliseconds);
    };
    alarm = setTimeout(end, seconds * 1000);
    cancelled?.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([work(stop.signal), late]);
  } catch (error) {
    const isTold = error instanceof StepTimedOut || error instanceof StepCancelled;
    throw stop.signal.aborted && !isTold ? ended(error) : error;
  } finally {
    clearTimeout(alarm);
    clearTimeout(grace);
  }
}
