import { z } from 'zod';
import { pinMessage, unpinMessage } from '../operations/pins.js';
import { presentMessage } from '../workspace/present.js';
import { Refusal } from '../workspace/refusal.js';
import { method, timestamp } from './method.js';

const target = z.looseObject({ channel: z.string(), timestamp: timestamp.optional() });

function tsOf(args: { timestamp?: string | undefined }): string {
  if (args.timestamp === undefined) throw new Refusal('no_item_specified');
  return args.timestamp;
}

const add = method('pins.add', target, (world, args) => {
  pinMessage(world, world.workspace.bot.id, args.channel, tsOf(args));
  return {};
});

const remove = method('pins.remove', target, (world, args) => {
  unpinMessage(world, world.workspace.bot.id, args.channel, tsOf(args));
  return {};
});

const list = method('pins.list', z.looseObject({ channel: z.string() }), (world, args) => {
  const channel = world.workspace.channelFor(world.workspace.bot.id, args.channel);
  if (!channel.memberIds.includes(world.workspace.bot.id)) throw new Refusal('not_in_channel');
  return {
    items: channel.pins.map((pin) => ({
      type: 'message',
      channel: channel.id,
      created: pin.created,
      created_by: pin.user,
      message: presentMessage(world.workspace, world.workspace.message(channel.id, pin.ts), world.baseUrl),
    })),
  };
});

export const pinMethods = [add, remove, list];
