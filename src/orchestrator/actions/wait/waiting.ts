import { z } from 'zod';
import { type Pause, pauseFor } from '../../../platform/http-client/index.js';
import { ActionFailed } from '../../action.js';

const LONGEST_PAUSE_MILLISECONDS = 30_000;
const FIRST_PAUSE_MILLISECONDS = 1_000;

/** Beyond an hour the step's own retries have to cover it. */
export const waitSeconds = z.int().min(1).max(36_000);
export const moment = z.iso.datetime();

export interface Time {
  readonly pause: Pause;
  readonly now: () => number;
}

export const realTime: Time = { pause: pauseFor, now: Date.now };

/** Looks until there is something, or the moment has come: then null. @throws ActionFailed, to be tried again, when it is stopped before */
export async function waitFor<T>(
  look: () => Promise<T | null>,
  until: string,
  { pause, now }: Time,
  signal: AbortSignal,
): Promise<T | null> {
  const end = Date.parse(until);
  for (let wait = FIRST_PAUSE_MILLISECONDS; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MILLISECONDS)) {
    const found = await look();
    const left = end - now();
    if (found !== null || left <= 0) return found;
    try {
      await pause(Math.min(wait, left), signal);
    } catch (cause) {
      throw new ActionFailed('The time of this step is up, while it still waits.', true, { cause });
    }
  }
}

export function inSeconds(seconds: number, { now }: Time): string {
  return new Date(now() + seconds * 1000).toISOString();
}
