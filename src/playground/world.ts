import { EventEmitter } from 'node:events';
import type { AppDoor } from './delivery/door.js';
import type { Tickets } from './delivery/tickets.js';
import type { ResponseUrls } from './interactions/response-urls.js';
import type { Triggers } from './interactions/triggers.js';
import type { PlaygroundOptions } from './options.js';
import type { ChannelRecord, MessageRecord, StateValues, ViewRecord } from './workspace/records.js';
import type { Workspace } from './workspace/workspace.js';

/** What just became different, for everyone who looks at the workspace. */
export type Change =
  | { kind: 'message'; message: MessageRecord }
  | { kind: 'message_removed'; message: MessageRecord }
  | { kind: 'channel'; channel: ChannelRecord }
  | { kind: 'users' }
  | { kind: 'modals'; user: string }
  | { kind: 'home'; user: string }
  | { kind: 'notice'; user: string; text: string }
  | { kind: 'reset' };

/** Everything an operation may need. One per playground; passed on, never global. */
export interface World {
  readonly options: PlaygroundOptions;
  readonly clock: () => number;
  readonly workspace: Workspace;
  readonly door: AppDoor;
  readonly triggers: Triggers;
  readonly tickets: Tickets;
  readonly responseUrls: ResponseUrls;
  /** Open modals by person, bottom first. One app, so the person is the whole key. */
  readonly modals: Map<string, ViewRecord[]>;
  /** What a person chose in a message's elements: `user:channel:ts`. */
  readonly messageStates: Map<string, StateValues>;
  readonly changes: EventEmitter<{ change: [Change] }>;
  /** Known once the server listens; no slash at the end. */
  baseUrl: string;
}

export function announce(world: World, change: Change): void {
  world.changes.emit('change', change);
}
