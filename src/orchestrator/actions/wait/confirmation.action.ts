import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import type { Answer, ConfirmationDesk } from './ports.js';
import { inSeconds, moment, type Time, waitFor, waitSeconds } from './waiting.js';

const person = z.strictObject({ person: z.string().regex(/^[UW][A-Z0-9]{2,20}$/, 'a Slack user id') });
const team = z.strictObject({
  team: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/),
  leadsOnly: z.boolean().default(false),
});

/** Waits until a person says in Slack that it may go on. A no fails the step. */
export function waitConfirmationAction(desk: ConfirmationDesk | null, time: Time): AnyAction {
  return defineAction({
    id: 'wait:confirmation',
    title: 'Wait for a confirmation',
    waits: true,
    input: z.strictObject({
      question: z.string().trim().min(1).max(500),
      of: z.union([person, team]),
      withinSeconds: waitSeconds.default(3_600),
    }),
    output: z.object({ confirmedBy: z.string() }),
    state: z.object({ key: z.string(), until: moment }),
    examples: [
      {
        title: 'Somebody of Payments has looked',
        input: { question: 'Does the canary look well?', of: { team: 'payments' } },
        plan: 'none',
      },
    ],
    plan: ({ question, of }) =>
      Promise.resolve({
        kind: 'none',
        summary: `Asks ${'team' in of ? `${of.team}${of.leadsOnly ? '’s leads' : ''}` : 'a person'} to confirm`,
        details: [question],
      }),
    intend: ({ withinSeconds }, { idempotencyKey: key }) =>
      Promise.resolve({ key, until: inSeconds(withinSeconds, time) }),
    async apply({ question: text, of }, { intended, idempotencyKey: key, signal, report }) {
      if (intended === null) throw new ActionFailed('Until when to wait is not known.', false);
      if (desk === null) throw new ActionFailed('Nobody can be asked here.', false);
      await desk.ask({ key, text, of });
      report(`Waiting for a confirmation: ${text}`);
      const look = async (): Promise<Answer | null> => {
        const answer = await desk.answer(key);
        return answer.kind === 'open' ? null : answer;
      };
      const answer = await waitFor(look, intended.until, time, signal);
      if (answer === null || answer.kind === 'open') {
        await desk.withdraw(key);
        throw new ActionFailed('Nobody confirmed it in time.', false);
      }
      if (answer.kind === 'refused') throw new ActionFailed(`It was not confirmed: <@${answer.by}> said no.`, false);
      return { state: intended, output: { confirmedBy: answer.by } };
    },
    read: () => Promise.resolve({ exists: true, detail: 'a confirmation leaves nothing behind' }),
    destroy: async ({ key }) => {
      await desk?.withdraw(key);
    },
  });
}
