import { z } from 'zod';
import { type AnyAction, defineAction } from '../../action.js';
import { inSeconds, moment, type Time, waitFor, waitSeconds } from './waiting.js';

/** Lets time pass. The end is written down first: a restart in between does not begin it anew. */
export function waitDurationAction(time: Time): AnyAction {
  return defineAction({
    id: 'wait:duration',
    title: 'Wait',
    waits: true,
    input: z.strictObject({ seconds: waitSeconds }),
    output: z.object({ until: z.string() }),
    state: z.object({ until: moment }),
    examples: [{ title: 'A minute', input: { seconds: 60 }, plan: 'none' }],
    plan: ({ seconds }) => Promise.resolve({ kind: 'none', summary: `Waits for ${wordsFor(seconds)}` }),
    intend: ({ seconds }) => Promise.resolve({ until: inSeconds(seconds, time) }),
    async apply({ seconds }, { intended, signal, report }) {
      const until = intended?.until ?? inSeconds(seconds, time);
      report(`Waiting until ${until.slice(0, 16).replace('T', ' ')} UTC`);
      await waitFor(() => Promise.resolve(null), until, time, signal);
      return { state: { until }, output: { until } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'waiting leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}

function wordsFor(seconds: number): string {
  const [count, unit] = seconds >= 120 ? [Math.round(seconds / 60), 'minute'] : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
