import { z } from 'zod';
import { presentMessage } from '../workspace/present.js';
import type { ChannelRecord, MessageRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { visible } from './conversations.js';
import { flag, method, pageArgs, timestamp } from './method.js';
import { page } from './page.js';

const range = {
  oldest: timestamp.optional(),
  latest: timestamp.optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
  ...pageArgs,
};

interface Range {
  oldest?: string | undefined;
  latest?: string | undefined;
  inclusive?: boolean | undefined;
}

function readable(world: World, id: string): ChannelRecord {
  const channel = visible(world, id);
  if (!channel.memberIds.includes(world.workspace.bot.id)) throw new Refusal('not_in_channel');
  return channel;
}

function within({ ts }: MessageRecord, { oldest, latest, inclusive }: Range): boolean {
  if (inclusive === true && (ts === oldest || ts === latest)) return true;
  const after = oldest === undefined || Number(oldest) === 0 || Number(ts) > Number(oldest);
  const before = latest === undefined || Number(ts) < Number(latest);
  return after && before;
}

function shown(world: World, message: MessageRecord, withMetadata: boolean | undefined): Record<string, unknown> {
  const fields = presentMessage(world.workspace, message, world.baseUrl);
  return withMetadata === true && message.metadata !== undefined ? { ...fields, metadata: message.metadata } : fields;
}

const inChannel = (message: MessageRecord): boolean =>
  message.threadTs === undefined || message.subtype === 'thread_broadcast';

/** Newest first, without replies, as Slack has it. */
const history = method('conversations.history', z.looseObject({ channel: z.string(), ...range }), (world, args) => {
  const channel = readable(world, args.channel);
  const messages = world.workspace
    .messagesOf(channel.id)
    .filter((message) => inChannel(message) && within(message, args))
    .reverse();
  const { items, nextCursor } = page(messages, args, {
    defaultLimit: 100,
    maxLimit: 999,
    key: (message) => message.ts,
  });
  return {
    messages: items.map((message) => shown(world, message, args.include_all_metadata)),
    has_more: nextCursor !== '',
    pin_count: channel.pins.length,
    ...(nextCursor === '' ? {} : { response_metadata: { next_cursor: nextCursor } }),
  };
});

/** Oldest first, the parent always at the head of the first page. */
const replies = method(
  'conversations.replies',
  z.looseObject({ channel: z.string(), ts: timestamp, ...range }),
  (world, args) => {
    const channel = readable(world, args.channel);
    const asked = world.workspace.findMessage(channel.id, args.ts);
    if (asked === undefined) throw new Refusal('thread_not_found');
    const parent =
      asked.threadTs === undefined ? asked : (world.workspace.findMessage(channel.id, asked.threadTs) ?? asked);
    const thread = [parent, ...world.workspace.repliesTo(parent).filter((message) => within(message, args))];
    const { items, nextCursor } = page(thread, args, {
      defaultLimit: 1000,
      maxLimit: 1000,
      key: (message) => message.ts,
    });
    return {
      messages: items.map((message) => shown(world, message, args.include_all_metadata)),
      has_more: nextCursor !== '',
      ...(nextCursor === '' ? {} : { response_metadata: { next_cursor: nextCursor } }),
    };
  },
);

export const historyMethods = [history, replies];
