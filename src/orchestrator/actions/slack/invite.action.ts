import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import type { SlackForSteps } from './ports.js';
import { channelRef, existing } from './slack-schemas.js';

const MAX_EACH = 50;
const PERSON = /^([UW][A-Z0-9]{2,20}|[^\s@<>]{1,64}@[^\s@<>]{1,190})$/;
const people = z.array(z.string());

/** People into a channel. Who is in already is left alone, also when it is destroyed. */
export function slackInviteAction(slack: SlackForSteps): AnyAction {
  return defineAction({
    id: 'slack:invite',
    title: 'People in a channel of Slack',
    input: z
      .strictObject({
        channel: channelRef,
        people: z.array(z.string().regex(PERSON, 'an e-mail address or a Slack user id')).max(MAX_EACH).default([]),
        /** Slack user groups by handle. */
        groups: z
          .array(z.string().regex(/^@?[a-z0-9][a-z0-9._-]{0,40}$/, 'the handle of a Slack user group'))
          .max(MAX_EACH)
          .default([]),
        /** Teams of access.yaml. */
        teams: z
          .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'the id of a team'))
          .max(MAX_EACH)
          .default([]),
        /** What becomes of them when it is torn down: they leave, or stay and can read on. */
        undo: z.enum(['remove', 'keep']).default('remove'),
      })
      .refine(({ people: named, groups, teams }) => named.length + groups.length + teams.length > 0, {
        path: ['people'],
        message: 'nobody is named: give people, groups or teams',
      }),
    output: z.object({ channel: z.string(), invited: z.int() }),
    state: z.object({ channel: z.string(), people, added: people, undo: z.enum(['remove', 'keep']) }),
    examples: [
      {
        title: 'The people of a team',
        input: { channel: 'team-platform', teams: ['payments'] },
        plan: 'change',
      },
      {
        title: 'Somebody by e-mail, into a channel that is not there',
        input: { channel: 'svc-unheard-of', people: ['ada@quartermaster.test'] },
        plan: 'cannot',
      },
    ],

    async plan(wish, { signal }) {
      const hands = slack.hands(signal);
      const channel = await existing(hands, wish.channel);
      const [asked, inside] = [await hands.members.whoAre(wish), await hands.members.of(channel.id)];
      const missing = asked.filter((id) => !inside.has(id)).length;
      if (missing === 0) return { kind: 'none', summary: `Everybody is in #${channel.name} already` };
      return {
        kind: 'change',
        summary: `Invites ${missing === 1 ? 'one person' : `${missing} people`} to #${channel.name}`,
      };
    },

    /** Who is to be taken out again is settled before anybody is invited. */
    async intend(wish, { signal }) {
      const hands = slack.hands(signal);
      const { id } = await existing(hands, wish.channel);
      const [asked, inside] = [await hands.members.whoAre(wish), await hands.members.of(id)];
      return { channel: id, people: [...asked], added: asked.filter((one) => !inside.has(one)), undo: wish.undo };
    },

    async apply(_wish, { intended, signal, report }) {
      if (intended === null) throw new ActionFailed('Whom to invite is not known.', false);
      const { members } = slack.hands(signal);
      const { channel, people: asked, added } = intended;
      const inside = await members.of(channel);
      const missing = asked.filter((id) => !inside.has(id));
      report(missing.length === 0 ? 'Everybody is in already' : `Inviting ${missing.length}`);
      if (missing.length > 0) await members.invite(channel, missing);
      return { state: intended, output: { channel, invited: added.length } };
    },

    async read({ channel, people: asked }, { signal }) {
      const hands = slack.hands(signal);
      if ((await hands.channels.find(channel)) === null) return { exists: false, detail: 'the channel is not there' };
      const inside = await hands.members.of(channel);
      const gone = asked.filter((id) => !inside.has(id)).length;
      return { exists: true, detail: gone === 0 ? 'everybody is in the channel' : `${gone} of them left the channel` };
    },

    async destroy({ channel, added, undo }, { signal }) {
      if (undo === 'keep') return;
      const hands = slack.hands(signal);
      const there = await hands.channels.find(channel);
      if (there === null || there.isArchived) return;
      const inside = await hands.members.of(channel);
      for (const id of added) if (inside.has(id)) await hands.members.remove(channel, id);
    },
  });
}
