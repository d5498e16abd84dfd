import { presentMessage } from '../workspace/present.js';
import type { Block, ChannelRecord, MessageRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { emitMessageChange, emitNewMessage } from './events.js';

/** Slack cuts or refuses above this; `chat.postMessage` answers `msg_too_long`. */
const MAX_TEXT = 40_000;

export interface Draft {
  text: string;
  blocks?: Block[];
  attachments?: unknown[];
  threadTs?: string;
  metadata?: MessageRecord['metadata'];
  fileIds?: string[];
  subtype?: string;
  subtypeFields?: Record<string, unknown>;
}

/** May this person or bot write here? Throws what Slack would say. */
export function assertCanWrite(world: World, userId: string, channelId: string): ChannelRecord {
  const channel = world.workspace.channelFor(userId, channelId);
  if (!channel.memberIds.includes(userId)) throw new Refusal('not_in_channel');
  if (channel.isArchived) throw new Refusal('is_archived');
  return channel;
}

export function assertContent(draft: Draft): void {
  if (draft.text.length > MAX_TEXT) throw new Refusal('msg_too_long');
  const empty =
    draft.text.trim() === '' && !(draft.blocks?.length ?? draft.attachments?.length ?? draft.fileIds?.length);
  if (empty) throw new Refusal('no_text');
}

function recordOf(world: World, user: string, channel: string, draft: Draft): MessageRecord {
  return {
    ts: world.workspace.nextTs(),
    channel,
    user,
    text: draft.text,
    blocks: draft.blocks ?? [],
    reactions: [],
    fileIds: draft.fileIds ?? [],
    ...(draft.attachments === undefined ? {} : { attachments: draft.attachments }),
    ...(draft.threadTs === undefined ? {} : { threadTs: draft.threadTs }),
    ...(draft.metadata === undefined ? {} : { metadata: draft.metadata }),
    ...(draft.subtype === undefined ? {} : { subtype: draft.subtype }),
    ...(draft.subtypeFields === undefined ? {} : { subtypeFields: draft.subtypeFields }),
  };
}

/** A reply to a reply belongs to the same thread; a thread under nothing does not exist. */
function threadRoot(world: World, channel: string, threadTs: string | undefined): string | undefined {
  if (threadTs === undefined) return undefined;
  const parent = world.workspace.findMessage(channel, threadTs);
  if (parent === undefined) throw new Refusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

/** Writes a message and tells everyone: the people who look, and the app. */
export function postMessage(world: World, user: string, channel: ChannelRecord, draft: Draft): MessageRecord {
  assertContent(draft);
  const threadTs = threadRoot(world, channel.id, draft.threadTs);
  const message = recordOf(world, user, channel.id, { ...draft, ...(threadTs === undefined ? {} : { threadTs }) });
  world.workspace.messagesOf(channel.id).push(message);
  announce(world, { kind: 'message', message });
  const parent = threadTs === undefined ? undefined : world.workspace.findMessage(channel.id, threadTs);
  if (parent !== undefined) announce(world, { kind: 'message', message: parent });
  emitNewMessage(world, channel, message);
  return message;
}

/** Shows something to one person only. It is never in the history and is gone after a restart. */
export function postEphemeral(world: World, channel: ChannelRecord, to: string, draft: Draft): MessageRecord {
  assertContent(draft);
  const message = { ...recordOf(world, world.workspace.bot.id, channel.id, draft), ephemeralTo: to };
  world.workspace.ephemeralsOf(to).push(message);
  announce(world, { kind: 'message', message });
  return message;
}

/** Changes a message in place. Slack marks it as edited only if it has no blocks. */
export function editMessage(world: World, channel: ChannelRecord, message: MessageRecord, draft: Draft): void {
  assertContent(draft);
  const before = presentMessage(world.workspace, message, world.baseUrl);
  message.text = draft.text;
  message.blocks = draft.blocks ?? [];
  if (draft.attachments !== undefined) message.attachments = draft.attachments;
  if (draft.metadata !== undefined) message.metadata = draft.metadata;
  if (draft.fileIds !== undefined) message.fileIds = draft.fileIds;
  if (draft.blocks === undefined) message.edited = { user: message.user, ts: world.workspace.nextTs() };
  announce(world, { kind: 'message', message });
  if (message.ephemeralTo === undefined) emitMessageChange(world, channel, 'message_changed', before, message);
}

export function deleteMessage(world: World, channel: ChannelRecord, message: MessageRecord): void {
  const before = presentMessage(world.workspace, message, world.baseUrl);
  const list =
    message.ephemeralTo === undefined
      ? world.workspace.messagesOf(channel.id)
      : world.workspace.ephemeralsOf(message.ephemeralTo);
  list.splice(list.indexOf(message), 1);
  channel.pins = channel.pins.filter((pin) => pin.ts !== message.ts);
  announce(world, { kind: 'message_removed', message });
  const parent = message.threadTs === undefined ? undefined : world.workspace.findMessage(channel.id, message.threadTs);
  if (parent !== undefined) announce(world, { kind: 'message', message: parent });
  if (message.ephemeralTo === undefined) emitMessageChange(world, channel, 'message_deleted', before);
}
