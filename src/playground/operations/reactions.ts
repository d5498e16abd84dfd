import type { MessageRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { emitReaction } from './events.js';

/** Custom and standard emoji alike: the playground knows no list, only the form of a name. */
const EMOJI_NAME = /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/u;
/** Slack allows this many different emoji on one message. */
const MAX_DIFFERENT = 50;

function normalised(name: string): string {
  const bare = name.replace(/^:|:$/gu, '');
  if (!EMOJI_NAME.test(bare)) throw new Refusal('invalid_name');
  return bare;
}

export function addReaction(world: World, user: string, channelId: string, ts: string, rawName: string): void {
  const name = normalised(rawName);
  const channel = world.workspace.channelFor(user, channelId);
  if (!channel.memberIds.includes(user)) throw new Refusal('not_in_channel');
  const message = world.workspace.message(channel.id, ts);
  if (channel.isArchived) throw new Refusal('is_archived');
  const known = message.reactions.find((reaction) => reaction.name === name);
  if (known?.users.includes(user) === true) throw new Refusal('already_reacted');
  if (known === undefined && message.reactions.length >= MAX_DIFFERENT) throw new Refusal('too_many_emoji');
  if (known === undefined) message.reactions.push({ name, users: [user] });
  else known.users.push(user);
  announce(world, { kind: 'message', message });
  emitReaction(world, 'reaction_added', channel, message, { user, name });
}

export function removeReaction(world: World, user: string, channelId: string, ts: string, rawName: string): void {
  const name = normalised(rawName);
  const channel = world.workspace.channelFor(user, channelId);
  const message = world.workspace.message(channel.id, ts);
  const known = message.reactions.find((reaction) => reaction.name === name);
  if (known?.users.includes(user) !== true) throw new Refusal('no_reaction');
  known.users = known.users.filter((one) => one !== user);
  dropEmpty(message);
  announce(world, { kind: 'message', message });
  emitReaction(world, 'reaction_removed', channel, message, { user, name });
}

function dropEmpty(message: MessageRecord): void {
  message.reactions = message.reactions.filter((reaction) => reaction.users.length > 0);
}
