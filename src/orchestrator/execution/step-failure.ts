import { AppError, codeOf } from '../../shared/index.js';
import { ActionFailed } from '../action.js';
import type { StepFailure } from '../runs/index.js';
import { StepTimedOut } from './time-limit.js';

/** Our own supports being away is not the step's fault: it waits for them, which uses up none of its attempts. */
const OUR_SUPPORTS = new Set(['database.unavailable', 'secrets.store_unavailable']);

/** `wait` and `retry` are tried again, `wait` without being counted. */
export type Verdict = 'wait' | 'retry' | 'give-up';

export function verdictOn(error: unknown): Verdict {
  if (OUR_SUPPORTS.has(codeOf(error))) return 'wait';
  const passes = error instanceof StepTimedOut || (error instanceof ActionFailed && error.retryable);
  return passes ? 'retry' : 'give-up';
}

/** Why, in a sentence for a person. The rest is for the log. */
export function failureOf(error: unknown): StepFailure {
  const sentence =
    error instanceof AppError ? error.publicMessage : 'Something unexpected happened; the log has the details.';
  return { code: codeOf(error), sentence };
}

/** Tells the durable engine to come again. It keeps errors in its tables: this one holds nothing but a code. */
export class TryAgain extends Error {
  constructor(failure: StepFailure) {
    super(`The attempt ended with ${failure.code}.`);
    this.name = 'TryAgain';
  }
}
