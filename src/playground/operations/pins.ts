import { presentMessage } from '../workspace/present.js';
import type { ChannelRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { botSees } from './events.js';

const MAX_PINS = 100;

export function pinMessage(world: World, user: string, channelId: string, ts: string): void {
  const channel = world.workspace.channelFor(user, channelId);
  if (!channel.memberIds.includes(user)) throw new Refusal('not_in_channel');
  if (channel.isArchived) throw new Refusal('is_archived');
  world.workspace.message(channel.id, ts);
  if (channel.pins.some((pin) => pin.ts === ts)) throw new Refusal('already_pinned');
  if (channel.pins.length >= MAX_PINS) throw new Refusal('too_many_pins');
  channel.pins.push({ ts, user, created: world.workspace.seconds() });
  tell(world, 'pin_added', user, channel, ts);
}

export function unpinMessage(world: World, user: string, channelId: string, ts: string): void {
  const channel = world.workspace.channelFor(user, channelId);
  if (!channel.memberIds.includes(user)) throw new Refusal('not_in_channel');
  if (!channel.pins.some((pin) => pin.ts === ts)) throw new Refusal('no_pin');
  channel.pins = channel.pins.filter((pin) => pin.ts !== ts);
  tell(world, 'pin_removed', user, channel, ts);
}

function tell(world: World, type: 'pin_added' | 'pin_removed', user: string, channel: ChannelRecord, ts: string): void {
  announce(world, { kind: 'channel', channel });
  const message = world.workspace.message(channel.id, ts);
  announce(world, { kind: 'message', message });
  if (!botSees(world, channel)) return;
  world.door.emit({
    type,
    user,
    channel_id: channel.id,
    item: {
      type: 'message',
      channel: channel.id,
      created: world.workspace.seconds(),
      created_by: user,
      message: presentMessage(world.workspace, message, world.baseUrl),
    },
    item_user: message.user,
    pin_count: channel.pins.length,
    event_ts: world.workspace.nextTs(),
  });
}
