import { setTimeout } from 'node:timers/promises';
import type { HttpAnswer } from './guarded-http.js';
import { HttpUnanswered } from './http-errors.js';

/** The server says itself that it may work later. */
const LATER = new Set([429, 502, 503, 504]);
const LONGEST_WAIT_MILLISECONDS = 120_000;
const FIRST_WAIT_MILLISECONDS = 500;

export type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

export interface Persistence {
  readonly attempts: number;
  readonly signal?: AbortSignal;
  readonly pause?: Pause;
  readonly now?: () => number;
}

export const pauseFor: Pause = (milliseconds, signal) =>
  setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });

/**
 * Tries again while the server is away or says later, as long as it says (Retry-After), else longer each time. A wait of more than two minutes
 * is not waited for: the last answer is given as it is. Only for calls that may be repeated.
 */
export async function callPersistently(call: () => Promise<HttpAnswer>, options: Persistence): Promise<HttpAnswer> {
  const { attempts, signal, pause = pauseFor, now = Date.now } = options;
  for (let attempt = 1; ; attempt += 1) {
    const usual = FIRST_WAIT_MILLISECONDS * 2 ** (attempt - 1);
    let wait = usual;
    try {
      const answer = await call();
      if (!LATER.has(answer.status) || attempt >= attempts) return answer;
      wait = retryAfter(answer, now()) ?? usual;
      if (wait > LONGEST_WAIT_MILLISECONDS) return answer;
    } catch (error) {
      if (!(error instanceof HttpUnanswered) || attempt >= attempts || signal?.aborted === true) throw error;
    }
    await pause(Math.min(wait, LONGEST_WAIT_MILLISECONDS), signal);
  }
}

/** Milliseconds, from seconds or a date; null when it says nothing that can be read. */
export function retryAfter({ headers }: Pick<HttpAnswer, 'headers'>, now: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
