import { z } from 'zod';
import {
  addMember,
  createChannel,
  joinChannel,
  leaveChannel,
  openDirectMessage,
  removeMember,
} from '../operations/channels.js';
import { presentChannel } from '../workspace/present.js';
import type { ChannelRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { flag, idList, method, pageArgs } from './method.js';
import { page } from './page.js';

const KIND_NAMES = { channel: 'public_channel', private: 'private_channel', im: 'im', mpim: 'mpim' } as const;
const one = z.looseObject({ channel: z.string() });
const show = (world: World, channel: ChannelRecord) => presentChannel(world.workspace, channel, world.workspace.bot.id);

/** The conversation, if the bot may know of it. */
export const visible = (world: World, id: string): ChannelRecord =>
  world.workspace.channelFor(world.workspace.bot.id, id);

/** The conversation, if the bot is in it and it is no direct message. */
export function ownChannel(world: World, id: string): ChannelRecord {
  const channel = visible(world, id);
  if (channel.kind === 'im' || channel.kind === 'mpim') throw new Refusal('method_not_supported_for_channel_type');
  if (!channel.memberIds.includes(world.workspace.bot.id)) throw new Refusal('not_in_channel');
  if (channel.isArchived) throw new Refusal('is_archived');
  return channel;
}

export function listed(
  world: World,
  args: {
    types?: string[] | undefined;
    exclude_archived?: boolean | undefined;
    limit?: number | undefined;
    cursor?: string | undefined;
  },
  memberId?: string,
): Record<string, unknown> {
  const types = args.types ?? ['public_channel'];
  if (types.some((type) => !Object.values<string>(KIND_NAMES).includes(type))) throw new Refusal('invalid_types');
  const bot = world.workspace.bot.id;
  const channels = [...world.workspace.channels.values()].filter(
    (channel) =>
      types.includes(KIND_NAMES[channel.kind]) &&
      !(args.exclude_archived === true && channel.isArchived) &&
      (channel.kind === 'channel' || channel.memberIds.includes(bot)) &&
      (memberId === undefined || channel.memberIds.includes(memberId)),
  );
  const { items, nextCursor } = page(channels, args, {
    defaultLimit: 100,
    maxLimit: 1000,
    key: (channel) => channel.id,
  });
  return { channels: items.map((channel) => show(world, channel)), response_metadata: { next_cursor: nextCursor } };
}

const list = method(
  'conversations.list',
  z.looseObject({ types: idList.optional(), exclude_archived: flag.optional(), ...pageArgs }),
  (world, args) => listed(world, args),
);

const info = method('conversations.info', one, (world, args) => ({
  channel: show(world, visible(world, args.channel)),
}));

const create = method(
  'conversations.create',
  z.looseObject({ name: z.string().default(''), is_private: flag.optional() }),
  (world, args) => ({
    channel: show(world, createChannel(world, world.workspace.bot.id, args.name, args.is_private ?? false)),
  }),
);

const MAX_INVITED = 100;

const invite = method(
  'conversations.invite',
  z.looseObject({ channel: z.string(), users: idList.default([]), force: flag.optional() }),
  (world, args) => {
    const channel = ownChannel(world, args.channel);
    if (args.users.length === 0) throw new Refusal('no_user');
    if (args.users.length > MAX_INVITED) throw new Refusal('too_many_users');
    const refusals = args.users.flatMap((user) => {
      const error = whyNotInvited(world, channel, user);
      return error === undefined ? [] : [{ user, ok: false, error }];
    });
    const first = refusals[0];
    if (first !== undefined && (args.force !== true || refusals.length === args.users.length))
      throw new Refusal(first.error, { fields: { errors: refusals } });
    const refusedUsers = new Set(refusals.map((refusal) => refusal.user));
    for (const user of new Set(args.users))
      if (!refusedUsers.has(user)) addMember(world, channel, user, world.workspace.bot.id);
    return { channel: show(world, channel), ...(refusals.length > 0 ? { errors: refusals } : {}) };
  },
);

function whyNotInvited(world: World, channel: ChannelRecord, userId: string): string | undefined {
  const user = world.workspace.users.get(userId);
  if (user === undefined) return 'user_not_found';
  if (userId === world.workspace.bot.id) return 'cant_invite_self';
  if (user.deleted) return 'cant_invite';
  return channel.memberIds.includes(userId) ? 'already_in_channel' : undefined;
}

const kick = method('conversations.kick', z.looseObject({ channel: z.string(), user: z.string() }), (world, args) => {
  const channel = ownChannel(world, args.channel);
  if (args.user === world.workspace.bot.id) throw new Refusal('cant_kick_self');
  if (channel.isGeneral) throw new Refusal('cant_kick_from_general');
  world.workspace.user(args.user);
  if (!channel.memberIds.includes(args.user)) throw new Refusal('not_in_channel');
  removeMember(world, channel, args.user);
  return { errors: {} };
});

const join = method('conversations.join', one, (world, args) => {
  const { channel, already } = joinChannel(world, world.workspace.bot.id, args.channel);
  return {
    channel: show(world, channel),
    ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
  };
});

const leave = method('conversations.leave', one, (world, args) => {
  const { notInChannel } = leaveChannel(world, world.workspace.bot.id, args.channel);
  return notInChannel ? { not_in_channel: true } : {};
});

const members = method('conversations.members', z.looseObject({ channel: z.string(), ...pageArgs }), (world, args) => {
  const channel = visible(world, args.channel);
  const { items, nextCursor } = page(channel.memberIds, args, { defaultLimit: 100, maxLimit: 1000, key: (id) => id });
  return { members: items, response_metadata: { next_cursor: nextCursor } };
});

const open = method(
  'conversations.open',
  z.looseObject({ channel: z.string().optional(), users: idList.optional(), return_im: flag.optional() }),
  (world, args) => {
    if (args.channel !== undefined)
      return { channel: show(world, visible(world, args.channel)), already_open: true, no_op: true };
    const users = args.users ?? [];
    if (users.length === 0) throw new Refusal('users_list_not_supplied');
    if (users.length > 8) throw new Refusal('too_many_users');
    for (const id of users) if (world.workspace.user(id).deleted) throw new Refusal('user_disabled');
    const { channel, alreadyOpen } = openDirectMessage(world, [world.workspace.bot.id, ...users]);
    const shown = args.return_im === true ? show(world, channel) : { id: channel.id };
    return { channel: shown, ...(alreadyOpen ? { already_open: true, no_op: true } : {}) };
  },
);

export const conversationMethods = [list, info, create, invite, kick, join, leave, members, open];
