import { DeliveryFailed } from '../delivery/door.js';
import { Refusal } from '../workspace/refusal.js';

/** What the person's client learns of an action. */
export type Outcome =
  | { ok: true; [field: string]: unknown }
  | { ok: false; error: string; detail?: string; errors?: Record<string, string> };

export const refused = (error: string, detail: string): Outcome => ({ ok: false, error, detail });

/** A delivery that failed, as Slack's client would tell the person about `what`. Everything else is thrown on. */
export function failure(error: unknown, what: string): Outcome {
  if (error instanceof Refusal)
    return {
      ok: false,
      error: error.code,
      ...(error.details.messages ? { detail: error.details.messages.join('; ') } : {}),
    };
  if (!(error instanceof DeliveryFailed)) throw error;
  switch (error.reason) {
    case 'http_timeout':
      return refused('app_timeout', `${what} failed with the error "operation_timeout"`);
    case 'http_error':
      return refused('app_error', `${what} failed because the app answered with an error (${error.message})`);
    case 'connection_failed':
      return refused('dispatch_failed', `${what} failed with the error "dispatch_failed"`);
  }
}
