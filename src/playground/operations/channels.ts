import type { ChannelKind, ChannelRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { postMessage } from './messages.js';

const MAX_NAME = 80;

/** Throws the word Slack has for each way in which a channel's name can be wrong. */
export function assertChannelName(world: World, name: string): void {
  if (name === '') throw new Refusal('invalid_name_required');
  if (name.length > MAX_NAME) throw new Refusal('invalid_name_maxlength');
  if (!/^[\p{Ll}\p{Lo}\p{M}\p{N}_-]+$/u.test(name)) throw new Refusal('invalid_name_specials');
  if (/^[_-]+$/u.test(name)) throw new Refusal('invalid_name_punctuation');
  if (world.workspace.channelNamed(name) !== undefined) throw new Refusal('name_taken');
}

function newChannel(
  world: World,
  kind: ChannelKind,
  name: string,
  creator: string,
  memberIds: string[],
): ChannelRecord {
  const none = { value: '', creator: '', lastSet: 0 };
  const channel: ChannelRecord = {
    id: world.workspace.nextId(kind === 'im' ? 'D' : 'C'),
    name,
    kind,
    creator,
    created: world.workspace.seconds(),
    topic: { ...none },
    purpose: { ...none },
    memberIds,
    isArchived: false,
    isGeneral: false,
    pins: [],
    bookmarks: [],
  };
  world.workspace.channels.set(channel.id, channel);
  announce(world, { kind: 'channel', channel });
  return channel;
}

export function createChannel(world: World, creator: string, name: string, isPrivate: boolean): ChannelRecord {
  assertChannelName(world, name);
  const channel = newChannel(world, isPrivate ? 'private' : 'channel', name, creator, [creator]);
  if (!isPrivate)
    world.door.emit({
      type: 'channel_created',
      channel: { id: channel.id, name, created: channel.created, creator, context_team_id: world.workspace.team.id },
      event_ts: world.workspace.nextTs(),
    });
  memberEvent(world, 'member_joined_channel', channel, creator);
  return channel;
}

/** The direct message of exactly these people, made if there was none. */
export function openDirectMessage(world: World, memberIds: string[]): { channel: ChannelRecord; alreadyOpen: boolean } {
  const known = world.workspace.directMessage(memberIds);
  if (known !== undefined) return { channel: known, alreadyOpen: true };
  const people = [...new Set(memberIds)];
  const kind = people.length > 2 ? 'mpim' : 'im';
  const names = people.map((id) => world.workspace.user(id).name).join('--');
  const channel = newChannel(world, kind, kind === 'mpim' ? `mpdm-${names}-1` : '', people[0] ?? '', people);
  return { channel, alreadyOpen: false };
}

function memberEvent(
  world: World,
  type: 'member_joined_channel' | 'member_left_channel',
  channel: ChannelRecord,
  user: string,
  inviter?: string,
): void {
  const concernsBot = user === world.workspace.bot.id || channel.memberIds.includes(world.workspace.bot.id);
  if (!concernsBot) return;
  world.door.emit({
    type,
    user,
    channel: channel.id,
    channel_type: channel.kind === 'private' ? 'G' : 'C',
    team: world.workspace.team.id,
    ...(inviter === undefined ? {} : { inviter }),
    event_ts: world.workspace.nextTs(),
  });
}

/** Lets someone in, on their own or by invitation, and says so in the channel. */
export function addMember(world: World, channel: ChannelRecord, user: string, inviter?: string): void {
  channel.memberIds.push(user);
  announce(world, { kind: 'channel', channel });
  if (channel.kind === 'channel' || channel.kind === 'private')
    postMessage(world, user, channel, {
      text: `<@${user}> has joined the ${channel.kind === 'private' ? 'group' : 'channel'}`,
      subtype: channel.kind === 'private' ? 'group_join' : 'channel_join',
      ...(inviter === undefined ? {} : { subtypeFields: { inviter } }),
    });
  memberEvent(world, 'member_joined_channel', channel, user, inviter);
}

export function removeMember(world: World, channel: ChannelRecord, user: string): void {
  if (channel.isGeneral) throw new Refusal('cant_leave_general');
  postMessage(world, user, channel, {
    text: `<@${user}> has left the ${channel.kind === 'private' ? 'group' : 'channel'}`,
    subtype: channel.kind === 'private' ? 'group_leave' : 'channel_leave',
  });
  memberEvent(world, 'member_left_channel', channel, user);
  channel.memberIds = channel.memberIds.filter((id) => id !== user);
  announce(world, { kind: 'channel', channel });
}

/** A change to the channel itself, told as a message of the matching subtype. */
export function noteInChannel(
  world: World,
  channel: ChannelRecord,
  user: string,
  what: 'topic' | 'purpose' | 'name' | 'archive' | 'unarchive',
  text: string,
  fields: Record<string, unknown> = {},
): void {
  announce(world, { kind: 'channel', channel });
  if (channel.kind === 'im' || channel.kind === 'mpim') return;
  const prefix = channel.kind === 'private' ? 'group' : 'channel';
  postMessage(world, user, channel, { text, subtype: `${prefix}_${what}`, subtypeFields: fields });
}

export function joinChannel(
  world: World,
  user: string,
  channelId: string,
): { channel: ChannelRecord; already: boolean } {
  const channel = world.workspace.channelFor(user, channelId);
  if (channel.kind !== 'channel') throw new Refusal('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (channel.memberIds.includes(user)) return { channel, already: true };
  addMember(world, channel, user);
  return { channel, already: false };
}

export function leaveChannel(world: World, user: string, channelId: string): { notInChannel: boolean } {
  const channel = world.workspace.channelFor(user, channelId);
  if (channel.kind !== 'channel' && channel.kind !== 'private')
    throw new Refusal('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!channel.memberIds.includes(user)) return { notInChannel: true };
  removeMember(world, channel, user);
  return { notInChannel: false };
}
