import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import type { SlackBookmark, SlackForSteps } from './ports.js';
import { channelRef, existing, webLink } from './slack-schemas.js';

const state = z.object({
  channel: z.string(),
  id: z.string().nullable(),
  title: z.string(),
  link: z.string(),
  /** Bookmarks like it that were there before: somebody else's. */
  before: z.array(z.string()),
});

type State = z.output<typeof state>;

/** A link at the head of a channel. One of the same title and link that is there already is used, and stays when it is destroyed. */
export function slackBookmarkAction(slack: SlackForSteps): AnyAction {
  return defineAction({
    id: 'slack:bookmark',
    title: 'Bookmark in a channel of Slack',
    changesInPlace: true,
    input: z.strictObject({
      channel: channelRef,
      title: z.string().trim().min(1).max(100),
      link: webLink,
      emoji: z
        .string()
        .regex(/^:[a-z0-9_+-]{1,60}:$/, 'an emoji like :book:')
        .exactOptional(),
    }),
    output: z.object({ id: z.string(), channel: z.string() }),
    state,
    examples: [
      {
        title: 'The repository of a service',
        input: { channel: 'general', title: 'Repository', link: 'https://git.example.org/payments/invoices' },
        plan: 'create',
      },
      {
        title: 'In a channel that is not there',
        input: {
          channel: 'svc-unheard-of',
          title: 'Runbook',
          link: 'https://docs.example.org/invoices',
          emoji: ':book:',
        },
        plan: 'cannot',
      },
    ],

    async plan(wish, { signal, made }) {
      const hands = slack.hands(signal);
      const { id, name } = await existing(hands, wish.channel);
      const there = await hands.bookmarks.of(id);
      if (there.some((bookmark) => isLike(bookmark, wish)))
        return { kind: 'none', summary: `“${wish.title}” is a bookmark of #${name} already` };
      return {
        kind: made === null ? 'create' : 'change',
        summary: `Bookmark “${wish.title}” in #${name}`,
        details: [wish.link],
      };
    },

    async intend({ channel, title, link }, { signal, made }) {
      if (made !== null) return made.state;
      const hands = slack.hands(signal);
      const { id } = await existing(hands, channel);
      const before = (await hands.bookmarks.of(id)).filter((one) => isLike(one, { title, link })).map((one) => one.id);
      return { channel: id, id: null, title, link, before };
    },

    async apply({ channel: reference, ...wish }, { intended, signal }) {
      if (intended === null) throw new ActionFailed('Where the bookmark belongs is not known.', false);
      const hands = slack.hands(signal);
      const { channel } = intended;
      if ((await existing(hands, reference)).id !== channel)
        throw new ActionFailed('A bookmark can’t move to another channel. It was left where it is.', false);
      const there = await hands.bookmarks.of(channel);
      const { title, link } = wish;
      const own = there.find(({ id }) => id === intended.id);
      const like = there.find((one) => isLike(one, wish));
      const bookmark =
        own === undefined
          ? (like ?? (await hands.bookmarks.add(channel, wish)))
          : isLike(own, wish)
            ? own
            : await hands.bookmarks.edit(channel, own.id, wish);
      return { state: { ...intended, id: bookmark.id, title, link }, output: { id: bookmark.id, channel } };
    },

    async read(known, { signal }) {
      const hands = slack.hands(signal);
      const found = ownOf(known, await hands.bookmarks.of(known.channel), true);
      if (found === undefined) return { exists: false, detail: 'the bookmark is not there' };
      return { exists: true, detail: `“${found.title}” is there`, facts: { title: found.title, link: found.link } };
    },

    expects: ({ title, link }) => ({ title, link }),

    async mend(known, { title, link }, { signal }) {
      const hands = slack.hands(signal);
      const found = ownOf(known, await hands.bookmarks.of(known.channel), true);
      if (found === undefined) throw new ActionFailed('The bookmark is not there any more.', false);
      await hands.bookmarks.edit(known.channel, found.id, {
        title: typeof title === 'string' ? title : found.title,
        link: typeof link === 'string' ? link : found.link,
      });
    },

    async destroy(known, { signal }) {
      const hands = slack.hands(signal);
      const own = ownOf(known, await hands.bookmarks.of(known.channel), false);
      if (own !== undefined) await hands.bookmarks.remove(known.channel, own.id);
    },
  });
}

/** Ours; with `anybodys` also one that was there before and is used. */
function ownOf({ id, before, ...wish }: State, there: readonly SlackBookmark[], anybodys: boolean) {
  const found = there.find((one) => (id === null ? isLike(one, wish) && !before.includes(one.id) : one.id === id));
  return found !== undefined && (anybodys || !before.includes(found.id)) ? found : undefined;
}

function isLike(one: Pick<SlackBookmark, 'title' | 'link'>, other: Pick<SlackBookmark, 'title' | 'link'>): boolean {
  return one.title === other.title && one.link === other.link;
}
