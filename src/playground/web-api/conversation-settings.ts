import { z } from 'zod';
import { assertChannelName, noteInChannel } from '../operations/channels.js';
import { presentChannel } from '../workspace/present.js';
import { Refusal } from '../workspace/refusal.js';
import { announce } from '../world.js';
import { ownChannel, visible } from './conversations.js';
import { method } from './method.js';

const MAX_LENGTH = 250;

const setTopic = method(
  'conversations.setTopic',
  z.looseObject({ channel: z.string(), topic: z.string() }),
  (world, args) => {
    const channel = ownChannel(world, args.channel);
    if (args.topic.length > MAX_LENGTH) throw new Refusal('too_long');
    const bot = world.workspace.bot.id;
    channel.topic = { value: args.topic, creator: bot, lastSet: world.workspace.seconds() };
    noteInChannel(world, channel, bot, 'topic', `<@${bot}> set the channel topic: ${args.topic}`, {
      topic: args.topic,
    });
    return { channel: presentChannel(world.workspace, channel, bot) };
  },
);

const setPurpose = method(
  'conversations.setPurpose',
  z.looseObject({ channel: z.string(), purpose: z.string() }),
  (world, args) => {
    const channel = ownChannel(world, args.channel);
    if (args.purpose.length > MAX_LENGTH) throw new Refusal('too_long');
    const bot = world.workspace.bot.id;
    channel.purpose = { value: args.purpose, creator: bot, lastSet: world.workspace.seconds() };
    noteInChannel(world, channel, bot, 'purpose', `<@${bot}> set the channel description: ${args.purpose}`, {
      purpose: args.purpose,
    });
    return { channel: presentChannel(world.workspace, channel, bot) };
  },
);

const rename = method(
  'conversations.rename',
  z.looseObject({ channel: z.string(), name: z.string() }),
  (world, args) => {
    const channel = ownChannel(world, args.channel);
    if (channel.creator !== world.workspace.bot.id) throw new Refusal('not_authorized');
    assertChannelName(world, args.name);
    const old = channel.name;
    channel.name = args.name;
    const bot = world.workspace.bot.id;
    noteInChannel(world, channel, bot, 'name', `has renamed the channel from "${old}" to "${args.name}"`, {
      old_name: old,
      name: args.name,
    });
    world.door.emit({
      type: 'channel_rename',
      channel: { id: channel.id, name: channel.name, created: channel.created },
      event_ts: world.workspace.nextTs(),
    });
    return { channel: presentChannel(world.workspace, channel, bot) };
  },
);

const archive = method('conversations.archive', z.looseObject({ channel: z.string() }), (world, args) => {
  const known = visible(world, args.channel);
  if (known.isArchived) throw new Refusal('already_archived');
  if (known.isGeneral) throw new Refusal('cant_archive_general');
  const channel = ownChannel(world, args.channel);
  const bot = world.workspace.bot.id;
  noteInChannel(world, channel, bot, 'archive', `<@${bot}> archived the channel`);
  channel.isArchived = true;
  announce(world, { kind: 'channel', channel });
  world.door.emit({
    type: 'channel_archive',
    channel: channel.id,
    user: bot,
    is_moved: 0,
    event_ts: world.workspace.nextTs(),
  });
  return {};
});

const unarchive = method('conversations.unarchive', z.looseObject({ channel: z.string() }), (world, args) => {
  const channel = visible(world, args.channel);
  if (!channel.isArchived) throw new Refusal('not_archived');
  channel.isArchived = false;
  const bot = world.workspace.bot.id;
  noteInChannel(world, channel, bot, 'unarchive', `<@${bot}> un-archived the channel`);
  world.door.emit({ type: 'channel_unarchive', channel: channel.id, user: bot, event_ts: world.workspace.nextTs() });
  return {};
});

export const settingsMethods = [setTopic, setPurpose, rename, archive, unarchive];
