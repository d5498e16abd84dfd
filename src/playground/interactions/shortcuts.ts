import { presentMessage } from '../workspace/present.js';
import type { World } from '../world.js';
import { failure, type Outcome, refused } from './outcome.js';
import { basePayload, channelField, responseUrl } from './payloads.js';

const knows = (world: World, callbackId: string, type: 'global' | 'message'): boolean =>
  world.options.app.shortcuts.some((shortcut) => shortcut.callbackId === callbackId && shortcut.type === type);

const unknown = (callbackId: string): Outcome =>
  refused('unknown_shortcut', `The app has no shortcut "${callbackId}".`);

async function deliver(world: World, payload: Record<string, unknown>): Promise<Outcome> {
  try {
    await world.door.interact('interactive', payload);
    return { ok: true };
  } catch (error) {
    return failure(error, 'The shortcut');
  }
}

export async function runGlobalShortcut(world: World, user: string, callbackId: string): Promise<Outcome> {
  if (!knows(world, callbackId, 'global')) return unknown(callbackId);
  return deliver(world, {
    ...basePayload(world, 'shortcut', user),
    callback_id: callbackId,
    trigger_id: world.triggers.issue({ user }),
    action_ts: world.workspace.nextTs(),
  });
}

export async function runMessageShortcut(
  world: World,
  input: { user: string; callbackId: string; channel: string; ts: string },
): Promise<Outcome> {
  if (!knows(world, input.callbackId, 'message')) return unknown(input.callbackId);
  const channel = world.workspace.channelFor(input.user, input.channel);
  const message = world.workspace.message(channel.id, input.ts);
  const token = world.responseUrls.issue({ user: input.user, channel: channel.id, ts: message.ts, ephemeral: false });
  return deliver(world, {
    ...basePayload(world, 'message_action', input.user),
    callback_id: input.callbackId,
    trigger_id: world.triggers.issue({ user: input.user, channel: channel.id }),
    action_ts: world.workspace.nextTs(),
    message_ts: message.ts,
    channel: channelField(channel),
    message: presentMessage(world.workspace, message, world.baseUrl),
    response_url: responseUrl(world, 'actions', token),
  });
}
