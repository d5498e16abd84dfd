import { z } from 'zod';
import { checkBlocks } from '../block-kit/check-blocks.js';
import { openDirectMessage } from '../operations/channels.js';
import {
  assertCanWrite,
  assertContent,
  type Draft,
  deleteMessage,
  editMessage,
  postEphemeral,
  postMessage,
} from '../operations/messages.js';
import { presentMessage } from '../workspace/present.js';
import type { Block, ChannelRecord, MessageRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { flag, json, method, timestamp } from './method.js';

export const content = {
  text: z.string().optional(),
  blocks: json(z.unknown()).optional(),
  attachments: json(z.unknown()).optional(),
  metadata: json(z.unknown()).optional(),
  thread_ts: timestamp.optional(),
};

const metadataShape = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) });

function blocksOf(raw: unknown): Block[] | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (!Array.isArray(raw)) throw new Refusal('invalid_blocks_format');
  const checked = checkBlocks(raw, 'message');
  if (!checked.ok)
    throw new Refusal('invalid_blocks', {
      messages: checked.messages,
      fields: { errors: checked.messages.map(withoutLevel) },
    });
  return checked.value;
}

const withoutLevel = (message: string): string => message.replace(/^\[ERROR\] /u, '');

export function draftOf(args: { [key in keyof typeof content]?: unknown }): Draft {
  const blocks = blocksOf(args.blocks);
  const metadata = args.metadata === undefined ? undefined : metadataShape.safeParse(args.metadata);
  if (metadata?.success === false) throw new Refusal('invalid_metadata_format');
  return {
    text: typeof args.text === 'string' ? args.text : '',
    ...(blocks === undefined ? {} : { blocks }),
    ...(Array.isArray(args.attachments) ? { attachments: args.attachments as unknown[] } : {}),
    ...(typeof args.thread_ts === 'string' && args.thread_ts !== '' ? { threadTs: args.thread_ts } : {}),
    ...(metadata === undefined ? {} : { metadata: metadata.data }),
  };
}

/** A channel's id or name, or a person's id, which means the direct message with them. */
function destination(world: World, id: string): ChannelRecord {
  const { workspace } = world;
  if (workspace.users.get(id)?.isBot === true) throw new Refusal('cannot_dm_bot');
  if (workspace.users.has(id)) return openDirectMessage(world, [workspace.bot.id, id]).channel;
  const named = workspace.channelNamed(id.replace(/^#/u, ''));
  return assertCanWrite(world, workspace.bot.id, named?.id ?? id);
}

const warnings = (draft: Draft): Record<string, unknown> =>
  draft.text === '' && draft.blocks !== undefined
    ? { warning: 'missing_text_in_message', response_metadata: { warnings: ['missing_text_in_message'] } }
    : {};

/** A reply that the whole channel should see too. */
const broadcast = (draft: Draft, wanted: boolean | undefined): Draft =>
  wanted === true && draft.threadTs !== undefined ? { ...draft, subtype: 'thread_broadcast' } : draft;

/** Slack's own notes, such as "has joined", belong to nobody. */
const isWritten = (message: MessageRecord): boolean =>
  message.subtype === undefined || message.subtype === 'thread_broadcast';

const post = method(
  'chat.postMessage',
  z.looseObject({ channel: z.string(), reply_broadcast: flag.optional(), ...content }),
  (world, args) => {
    const channel = destination(world, args.channel);
    const draft = draftOf(args);
    const message = postMessage(world, world.workspace.bot.id, channel, broadcast(draft, args.reply_broadcast));
    return {
      channel: channel.id,
      ts: message.ts,
      message: presentMessage(world.workspace, message, world.baseUrl),
      ...warnings(draft),
    };
  },
);

const ephemeral = method(
  'chat.postEphemeral',
  z.looseObject({ channel: z.string(), user: z.string(), ...content }),
  (world, args) => {
    const channel = assertCanWrite(world, world.workspace.bot.id, args.channel);
    if (!world.workspace.users.has(args.user)) throw new Refusal('user_not_in_channel');
    if (!channel.memberIds.includes(args.user)) throw new Refusal('user_not_in_channel');
    const draft = draftOf(args);
    return { message_ts: postEphemeral(world, channel, args.user, draft).ts, ...warnings(draft) };
  },
);

const update = method(
  'chat.update',
  z.looseObject({ channel: z.string(), ts: timestamp, ...content }),
  (world, args) => {
    const channel = world.workspace.channelFor(world.workspace.bot.id, args.channel);
    const message = world.workspace.message(channel.id, args.ts);
    if (message.user !== world.workspace.bot.id || !isWritten(message)) throw new Refusal('cant_update_message');
    if (channel.isArchived) throw new Refusal('is_archived');
    const draft = draftOf(args);
    // Blocks alone keep the text; text alone takes the blocks away, and only then is the message shown as edited.
    editMessage(
      world,
      channel,
      message,
      draft.text === '' && draft.blocks !== undefined ? { ...draft, text: message.text } : draft,
    );
    return {
      channel: channel.id,
      ts: message.ts,
      text: message.text,
      message: presentMessage(world.workspace, message, world.baseUrl),
    };
  },
);

const remove = method('chat.delete', z.looseObject({ channel: z.string(), ts: timestamp }), (world, args) => {
  const channel = world.workspace.channelFor(world.workspace.bot.id, args.channel);
  const message = world.workspace.message(channel.id, args.ts);
  if (message.user !== world.workspace.bot.id) throw new Refusal('cant_delete_message');
  deleteMessage(world, channel, message);
  return { channel: channel.id, ts: message.ts };
});

const permalink = method(
  'chat.getPermalink',
  z.looseObject({ channel: z.string(), message_ts: timestamp }),
  (world, args) => {
    const channel = world.workspace.channelFor(world.workspace.bot.id, args.channel);
    const message = world.workspace.message(channel.id, args.message_ts);
    return {
      channel: channel.id,
      permalink: `${world.baseUrl}/archives/${channel.id}/p${message.ts.replace('.', '')}`,
    };
  },
);

/** Slack takes up to 120 days ahead. */
const MAX_AHEAD_SECONDS = 120 * 86_400;

const schedule = method(
  'chat.scheduleMessage',
  z.looseObject({ channel: z.string(), post_at: z.coerce.number().int(), ...content }),
  (world, args) => {
    const channel = destination(world, args.channel);
    const now = world.workspace.seconds();
    if (args.post_at <= now) throw new Refusal('time_in_past');
    if (args.post_at > now + MAX_AHEAD_SECONDS) throw new Refusal('time_too_far');
    const draft = draftOf(args);
    assertContent(draft);
    const id = world.workspace.nextId('Q');
    world.workspace.scheduled.set(id, {
      id,
      channel: channel.id,
      text: draft.text,
      blocks: draft.blocks ?? [],
      postAt: args.post_at,
      ...(draft.threadTs === undefined ? {} : { threadTs: draft.threadTs }),
    });
    return {
      channel: channel.id,
      scheduled_message_id: id,
      post_at: args.post_at,
      message: { text: draft.text, type: 'delayed_message' },
    };
  },
);

const unschedule = method(
  'chat.deleteScheduledMessage',
  z.looseObject({ channel: z.string(), scheduled_message_id: z.string() }),
  (world, args) => {
    const known = world.workspace.scheduled.get(args.scheduled_message_id);
    if (known?.channel !== args.channel) throw new Refusal('invalid_scheduled_message_id');
    world.workspace.scheduled.delete(known.id);
    return {};
  },
);

export const chatMethods = [post, ephemeral, update, remove, permalink, schedule, unschedule];
