import { z } from 'zod';
import { addReaction, removeReaction } from '../operations/reactions.js';
import { presentMessage } from '../workspace/present.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { method, pageArgs, timestamp } from './method.js';
import { page } from './page.js';

const target = z.looseObject({
  name: z.string().default(''),
  channel: z.string().optional(),
  timestamp: timestamp.optional(),
});

function place(args: { channel?: string | undefined; timestamp?: string | undefined }): {
  channel: string;
  ts: string;
} {
  if (args.channel === undefined || args.timestamp === undefined) throw new Refusal('no_item_specified');
  return { channel: args.channel, ts: args.timestamp };
}

const add = method('reactions.add', target, (world, args) => {
  const { channel, ts } = place(args);
  addReaction(world, world.workspace.bot.id, channel, ts, args.name);
  return {};
});

const remove = method('reactions.remove', target, (world, args) => {
  const { channel, ts } = place(args);
  removeReaction(world, world.workspace.bot.id, channel, ts, args.name);
  return {};
});

const item = (world: World, channel: string, ts: string): Record<string, unknown> => ({
  type: 'message',
  channel,
  message: presentMessage(world.workspace, world.workspace.message(channel, ts), world.baseUrl),
});

const get = method(
  'reactions.get',
  z.looseObject({ channel: z.string().optional(), timestamp: timestamp.optional() }),
  (world, args) => {
    const { channel: id, ts } = place(args);
    const channel = world.workspace.channelFor(world.workspace.bot.id, id);
    return item(world, channel.id, ts);
  },
);

const list = method('reactions.list', z.looseObject({ user: z.string().optional(), ...pageArgs }), (world, args) => {
  const user = world.workspace.user(args.user ?? world.workspace.bot.id).id;
  const bot = world.workspace.bot.id;
  const reacted = [...world.workspace.channels.values()]
    .filter((channel) => channel.memberIds.includes(bot))
    .flatMap((channel) => world.workspace.messagesOf(channel.id))
    .filter((message) => message.reactions.some((reaction) => reaction.users.includes(user)))
    .reverse();
  const { items, nextCursor } = page(reacted, args, {
    defaultLimit: 100,
    maxLimit: 1000,
    key: (one) => `${one.channel}/${one.ts}`,
  });
  return {
    items: items.map((one) => item(world, one.channel, one.ts)),
    response_metadata: { next_cursor: nextCursor },
  };
});

export const reactionMethods = [add, remove, get, list];
