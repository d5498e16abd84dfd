import { initialState } from '../block-kit/state-values.js';
import { stackOf } from '../operations/views.js';
import type { ActionContainer } from '../protocol.js';
import type { Block, ChannelRecord, MessageRecord, StateValues, ViewRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { messageContext, viewContext } from './payloads.js';

/** The thing in which an element was used: a message that the person can see, or a view that is open before them. */
export type Surface =
  | { kind: 'message'; channel: ChannelRecord; message: MessageRecord }
  | { kind: 'view'; view: ViewRecord };

export function locate(world: World, user: string, container: ActionContainer): Surface {
  if (container.type === 'view') return { kind: 'view', view: ownView(world, user, container.viewId) };
  const channel = world.workspace.channelFor(user, container.channel);
  const own = world.workspace
    .ephemeralsOf(user)
    .find((message) => message.ts === container.ts && message.channel === channel.id);
  return { kind: 'message', channel, message: own ?? world.workspace.message(channel.id, container.ts) };
}

/** Each person has their own stack; somebody else's view does not exist for them. */
export function ownView(world: World, user: string, viewId: string): ViewRecord {
  const home = world.workspace.homes.get(user);
  const view = home?.id === viewId ? home : stackOf(world, user).find((one) => one.id === viewId);
  if (view === undefined) throw new Refusal('view_not_found');
  return view;
}

export const blocksOf = (surface: Surface): Block[] =>
  surface.kind === 'view' ? surface.view.blocks : surface.message.blocks;

export function stateOf(world: World, user: string, surface: Surface): StateValues {
  if (surface.kind === 'view') return surface.view.state;
  const key = `${user}:${surface.channel.id}:${surface.message.ts}`;
  const state = initialState(surface.message.blocks, surface.channel.id, world.messageStates.get(key));
  world.messageStates.set(key, state);
  return state;
}

export function keepValue(
  world: World,
  user: string,
  surface: Surface,
  place: { blockId: string; actionId: string },
  entry: Record<string, unknown>,
): void {
  const row = (stateOf(world, user, surface)[place.blockId] ??= {});
  row[place.actionId] = entry;
  if (surface.kind === 'message') return;
  const { [place.blockId]: _gone, ...errors } = surface.view.errors;
  surface.view.errors = errors;
  announce(world, { kind: surface.view.type === 'home' ? 'home' : 'modals', user });
}

export const contextOf = (world: World, surface: Surface): Record<string, unknown> =>
  surface.kind === 'view' ? viewContext(world, surface.view) : messageContext(world, surface.channel, surface.message);
