import { ActionFailed } from '../../action.js';
import type { Time } from '../wait/waiting.js';

/** Asks until there is an answer; a text is why there is none yet. @throws ActionFailed, to be tried again, when the time is up before */
export async function pollUntil<T extends object>(
  ask: () => Promise<T | string>,
  {
    time,
    signal,
    report,
    everySeconds = 5,
  }: { time: Time; signal: AbortSignal; report: (line: string) => void; everySeconds?: number },
): Promise<T> {
  for (let said = ''; ; ) {
    const answer = await ask();
    if (typeof answer !== 'string') return answer;
    if (answer !== said) report(answer);
    said = answer;
    try {
      await time.pause(everySeconds * 1000, signal);
    } catch (cause) {
      throw new ActionFailed(`The time of this step is up: ${answer}.`, true, { cause });
    }
  }
}
