import { channelsOf, markdownOf } from '../operations/canvases.js';
import { stackOf } from '../operations/views.js';
import type {
  ClientSnapshot,
  PlaygroundChannel,
  PlaygroundMessage,
  PlaygroundUser,
  PlaygroundView,
} from '../protocol.js';
import type { ChannelRecord, MessageRecord, UserRecord, ViewRecord } from '../workspace/records.js';
import { APP_ID } from '../workspace/workspace-seed.js';
import type { World } from '../world.js';

/** Whether a person's client shows this conversation: their own, and what is open to everyone unless they are a guest. */
export function canSee(world: World, userId: string, channel: ChannelRecord): boolean {
  if (channel.memberIds.includes(userId)) return true;
  return channel.kind === 'channel' && world.workspace.users.get(userId)?.isRestricted === false;
}

export const userForClient = (user: UserRecord): PlaygroundUser => ({ ...user });

export function channelForClient(world: World, channel: ChannelRecord): PlaygroundChannel {
  return {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    topic: channel.topic.value,
    purpose: channel.purpose.value,
    memberIds: [...channel.memberIds],
    isArchived: channel.isArchived,
    pinnedTs: channel.pins.map((pin) => pin.ts),
    bookmarks: channel.bookmarks.map(({ id, title, link, emoji }) => ({
      id,
      title,
      link,
      ...(emoji === undefined ? {} : { emoji }),
    })),
    canvases: [...world.workspace.canvases.values()]
      .filter((canvas) => channelsOf(world, canvas).includes(channel))
      .map((canvas) => ({ id: canvas.id, title: canvas.title, markdown: markdownOf(canvas) })),
  };
}

export function messageForClient(world: World, message: MessageRecord): PlaygroundMessage {
  const files = message.fileIds.flatMap((id) => world.workspace.files.get(id) ?? []);
  return {
    channel: message.channel,
    ts: message.ts,
    user: message.user,
    text: message.text,
    blocks: message.blocks,
    replyCount: message.ephemeralTo === undefined ? world.workspace.repliesTo(message).length : 0,
    edited: message.edited !== undefined,
    deleted: false,
    reactions: message.reactions.map(({ name, users }) => ({ name, users: [...users] })),
    files: files.map(({ id, name, title, mimetype, size, altText }) => ({
      id,
      name,
      title,
      mimetype,
      size,
      ...(altText !== undefined && { altText }),
      url: `/files/${id}/${encodeURIComponent(name)}`,
    })),
    ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    ...(message.ephemeralTo === undefined ? {} : { ephemeralTo: message.ephemeralTo }),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
  };
}

export function viewForClient(view: ViewRecord): PlaygroundView {
  const { user: _user, externalId: _external, ...shown } = view;
  return structuredClone(shown);
}

/** All that one person sees. */
export function snapshotFor(world: World, userId: string): ClientSnapshot {
  const { workspace, options } = world;
  const me = workspace.user(userId);
  const channels = [...workspace.channels.values()].filter((channel) => canSee(world, userId, channel));
  const own = workspace.ephemeralsOf(userId);
  const home = workspace.homes.get(userId);
  return {
    team: { ...workspace.team },
    me: me.id,
    bot: {
      userId: workspace.bot.id,
      appId: APP_ID,
      name: workspace.bot.realName,
      commands: options.app.commands,
      shortcuts: options.app.shortcuts,
    },
    users: [...workspace.users.values()].map(userForClient),
    channels: channels.map((channel) => channelForClient(world, channel)),
    messages: Object.fromEntries(
      channels.map((channel) => [
        channel.id,
        [...workspace.messagesOf(channel.id), ...own.filter((message) => message.channel === channel.id)]
          .sort((a, b) => (a.ts < b.ts ? -1 : 1))
          .map((message) => messageForClient(world, message)),
      ]),
    ),
    modals: stackOf(world, userId).map(viewForClient),
    home: home === undefined ? null : viewForClient(home),
  };
}
