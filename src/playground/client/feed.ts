import type { WebSocket } from 'ws';
import { stackOf } from '../operations/views.js';
import type { ServerFrame } from '../protocol.js';
import type { Change, World } from '../world.js';
import { canSee, channelForClient, messageForClient, snapshotFor, userForClient, viewForClient } from './snapshot.js';

/** Tells every open page what changed for its person: the whole on connect, then patches. */
export class Feed {
  private readonly viewers = new Map<WebSocket, string>();

  constructor(private readonly world: World) {
    world.changes.on('change', (change) => {
      for (const [socket, user] of this.viewers)
        for (const frame of framesFor(world, change, user)) send(socket, frame);
    });
  }

  accept(socket: WebSocket, user: string): void {
    this.viewers.set(socket, user);
    socket.on('close', () => this.viewers.delete(socket));
    socket.on('error', () => {
      socket.close();
    });
    send(socket, { type: 'snapshot', snapshot: snapshotFor(this.world, user) });
  }

  stop(): void {
    for (const socket of this.viewers.keys()) socket.terminate();
    this.viewers.clear();
  }
}

const send = (socket: WebSocket, frame: ServerFrame): void => {
  socket.send(JSON.stringify(frame));
};

function framesFor(world: World, change: Change, user: string): ServerFrame[] {
  switch (change.kind) {
    case 'message':
    case 'message_removed':
      return messageFrames(world, change, user);
    case 'channel':
      return canSee(world, user, change.channel)
        ? [{ type: 'channel', channel: channelForClient(world, change.channel) }]
        : [];
    case 'users':
      return [{ type: 'users', users: [...world.workspace.users.values()].map(userForClient) }];
    case 'modals':
      return change.user === user ? [{ type: 'modals', modals: stackOf(world, user).map(viewForClient) }] : [];
    case 'home': {
      const home = world.workspace.homes.get(user);
      return change.user === user ? [{ type: 'home', home: home === undefined ? null : viewForClient(home) }] : [];
    }
    case 'notice':
      return change.user === user ? [{ type: 'notice', text: change.text }] : [];
    case 'reset':
      return world.workspace.users.has(user) ? [{ type: 'snapshot', snapshot: snapshotFor(world, user) }] : [];
  }
}

function messageFrames(
  world: World,
  { kind, message }: Extract<Change, { kind: 'message' | 'message_removed' }>,
  user: string,
): ServerFrame[] {
  const channel = world.workspace.channels.get(message.channel);
  if (channel === undefined || !canSee(world, user, channel)) return [];
  if (message.ephemeralTo !== undefined && message.ephemeralTo !== user) return [];
  if (kind === 'message_removed') return [{ type: 'message_removed', channel: message.channel, ts: message.ts }];
  return [{ type: 'message', message: messageForClient(world, message) }];
}
