import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { lateExpression, lateHolds } from '../late-expressions.js';
import type { EventSource, ReceivedEvent } from './ports.js';
import { inSeconds, moment, type Time, waitFor, waitSeconds } from './waiting.js';

/** As the door for events takes them. */
export const eventName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,120}$/, 'lower-case letters, digits and . _ -');

/** Waits until another system says that something happened, by `POST /events/<name>`. */
export function waitEventAction(events: EventSource | null, time: Time): AnyAction {
  return defineAction({
    id: 'wait:event',
    title: 'Wait for an event',
    waits: true,
    input: z.strictObject({
      name: eventName,
      /** Which of that name. */
      when: lateExpression({ event: { body: 'dyn' } }, 'bool').optional(),
      withinSeconds: waitSeconds.default(3_600),
      /** It may have come while an earlier step was still at work. */
      lookBackSeconds: z.int().min(0).max(86_400).default(600),
    }),
    output: z.object({ body: z.json(), at: z.string() }),
    state: z.object({ since: moment, until: moment }),
    examples: [
      {
        title: 'A build that is done',
        input: { name: 'build-done', when: "event.body.status == 'green'", withinSeconds: 1_800 },
        plan: 'none',
      },
    ],
    plan: ({ name }) => Promise.resolve({ kind: 'none', summary: `Waits for the event ${name}` }),
    intend: ({ withinSeconds, lookBackSeconds }) =>
      Promise.resolve({ since: inSeconds(-lookBackSeconds, time), until: inSeconds(withinSeconds, time) }),
    async apply({ name, when }, { intended, signal, report }) {
      if (intended === null) throw new ActionFailed('Since when to wait is not known.', false);
      if (events === null) throw new ActionFailed('Events are not taken here.', false);
      report(`Waiting for the event ${name}`);
      const wanted = ({ body }: ReceivedEvent): boolean => when === undefined || lateHolds(when, { event: { body } });
      const look = async (): Promise<ReceivedEvent | null> =>
        (await events.since(name, intended.since)).find(wanted) ?? null;
      const found = await waitFor(look, intended.until, time, signal);
      if (found === null) throw new ActionFailed(`The event ${name} did not come in time.`, false);
      return { state: intended, output: { body: found.body, at: found.at.toISOString() } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'waiting leaves nothing behind' }),
    destroy: () => Promise.resolve(),
  });
}
