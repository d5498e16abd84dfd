import { AppError } from '../shared/index.js';

const PASSING = new Set(['database.unavailable', 'secrets.store_unavailable', 'identity.slack_unavailable']);

/** What a bookkeeping step may meet today and not in a minute. A plain refusal will not change by asking again. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof AppError) || PASSING.has(error.code);
}
