import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import type { SlackForSteps, SlackHands } from './ports.js';
import { beforeNow, channelRef, existing, markFor, moment, webLink } from './slack-schemas.js';

const MAX_TEXT = 3_000;
const undo = z.enum(['delete', 'unpin', 'keep']);
const state = z.object({ channel: z.string(), mark: z.string(), ts: z.string().nullable(), since: moment, undo });

type State = z.output<typeof state>;

/** A message in a channel, pinned if wished. Found again by its metadata before it would be posted twice. */
export function slackMessageAction(slack: SlackForSteps): AnyAction {
  return defineAction({
    id: 'slack:message',
    title: 'Message in a channel of Slack',
    changesInPlace: true,
    input: z.strictObject({
      channel: channelRef,
      /** With *bold*, _italic_ and `code`. It mentions nobody, and addresses in it become links by themselves. */
      text: z.string().trim().min(1).max(MAX_TEXT),
      /** One a line below the text. */
      links: z
        .array(z.strictObject({ title: z.string().trim().min(1).max(100), url: webLink }))
        .max(10)
        .default([]),
      pin: z.boolean().default(false),
      /** What becomes of it when it is torn down. */
      undo: undo.default('delete'),
    }),
    output: z.object({ channel: z.string(), ts: z.string(), url: z.string() }),
    state,
    examples: [
      {
        title: 'A word of welcome, pinned',
        input: {
          channel: 'general',
          text: 'The service *invoices* is there.',
          links: [{ title: 'Repository', url: 'https://git.example.org/payments/invoices' }],
          pin: true,
        },
        plan: 'create',
      },
      {
        title: 'In a channel that is not there',
        input: { channel: 'svc-unheard-of', text: 'Hello.' },
        plan: 'cannot',
      },
    ],

    async plan({ channel, text, pin }, { signal, made }) {
      const { name } = await existing(slack.hands(signal), channel);
      const kind = made === null ? 'create' : 'change';
      return { kind, summary: `${pin ? 'Pinned message' : 'Message'} in #${name}`, details: [text] };
    },

    async intend(wish, { idempotencyKey, signal, made }) {
      if (made !== null) return made.state;
      const { id } = await existing(slack.hands(signal), wish.channel);
      const since = new Date().toISOString();
      return { channel: id, mark: markFor(idempotencyKey), ts: null, since, undo: wish.undo };
    },

    async apply({ channel: reference, text, links, pin, undo: back }, { intended, signal, report, labels }) {
      if (intended === null) throw new ActionFailed('Where the message belongs is not known.', false);
      const hands = slack.hands(signal);
      const { posts } = hands;
      const { channel, mark } = intended;
      if ((await existing(hands, reference)).id !== channel)
        throw new ActionFailed('A message can’t move to another channel. It was left where it is.', false);
      const there = await find(hands, intended);
      const { ts } = there ?? (await posts.post(channel, { text, links, mark, labels }));
      report('The message is there');
      if (there !== null && intended.ts !== null) await posts.edit(channel, ts, { text, links, mark, labels });
      if (pin) await posts.pin(channel, ts);
      const output = { channel, ts, url: await posts.url(channel, ts) };
      return { state: { ...intended, ts, undo: back }, output };
    },

    async read(known, { signal }) {
      const hands = slack.hands(signal);
      const found = await find(hands, known);
      const look = found === null ? null : await hands.posts.look(known.channel, found.ts);
      if (look === null) return { exists: false, detail: 'the message is not there' };
      return { exists: true, detail: look.isPinned ? 'the message is there, pinned' : 'the message is there' };
    },

    async destroy(known, { signal }) {
      if (known.undo === 'keep') return;
      const hands = slack.hands(signal);
      const found = await find(hands, known);
      if (found === null) return;
      await (known.undo === 'unpin'
        ? hands.posts.unpin(known.channel, found.ts)
        : hands.posts.remove(known.channel, found.ts));
    },
  });
}

async function find(
  { channels, posts }: SlackHands,
  { channel, mark, ts, since }: State,
): Promise<{ ts: string } | null> {
  if ((await channels.find(channel)) === null) return null;
  if (ts === null) return posts.findMarked(channel, mark, beforeNow(since));
  return (await posts.look(channel, ts)) === null ? null : { ts };
}
