import { presentMessage } from '../workspace/present.js';
import type { ChannelRecord, MessageRecord } from '../workspace/records.js';
import type { World } from '../world.js';
import { FILE_SHARE } from './files.js';

const CHANNEL_TYPES = { channel: 'channel', private: 'group', im: 'im', mpim: 'mpim' } as const;

const channelType = (channel: ChannelRecord): string => CHANNEL_TYPES[channel.kind];

/** Slack tells an app only of conversations that its bot is in. */
export const botSees = (world: World, channel: ChannelRecord): boolean =>
  channel.memberIds.includes(world.workspace.bot.id);

/** The `message` event of a new message, and `app_mention` if the bot was called by name. */
export function emitNewMessage(world: World, channel: ChannelRecord, message: MessageRecord): void {
  if (!botSees(world, channel)) return;
  const shown = presentMessage(world.workspace, message, world.baseUrl);
  const { pinned_to: _pins, reply_count: _count, ...fields } = shown;
  const event = { ...fields, channel: channel.id, event_ts: message.ts, channel_type: channelType(channel) };
  world.door.emit({ ...event, ...(message.metadata === undefined ? {} : { metadata: message.metadata }) });
  const bot = world.workspace.bot;
  const calledByName = message.text.includes(`<@${bot.id}>`) || message.text.includes(`<@${bot.id}|`);
  const isSaid = message.subtype === undefined || message.subtype === FILE_SHARE;
  if (!calledByName || message.user === bot.id || !isSaid || channel.kind === 'im') return;
  const { channel_type: _type, ...mention } = event;
  world.door.emit({ ...mention, type: 'app_mention' });
}

/** `message_changed` or `message_deleted`, with what it was before. */
export function emitMessageChange(
  world: World,
  channel: ChannelRecord,
  subtype: 'message_changed' | 'message_deleted',
  before: Record<string, unknown>,
  after?: MessageRecord,
): void {
  if (!botSees(world, channel)) return;
  const ts = world.workspace.nextTs();
  world.door.emit({
    type: 'message',
    subtype,
    hidden: true,
    channel: channel.id,
    channel_type: channelType(channel),
    ts,
    event_ts: ts,
    previous_message: before,
    ...(after === undefined
      ? { deleted_ts: before.ts }
      : { message: presentMessage(world.workspace, after, world.baseUrl) }),
  });
}

export function emitReaction(
  world: World,
  type: 'reaction_added' | 'reaction_removed',
  channel: ChannelRecord,
  message: MessageRecord,
  reaction: { user: string; name: string },
): void {
  if (!botSees(world, channel)) return;
  world.door.emit({
    type,
    user: reaction.user,
    reaction: reaction.name,
    item: { type: 'message', channel: channel.id, ts: message.ts },
    item_user: message.user,
    event_ts: world.workspace.nextTs(),
  });
}
