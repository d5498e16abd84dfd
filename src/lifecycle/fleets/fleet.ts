import type { OperationState } from '../operations/operation-run.js';

export type FleetState = 'running' | 'paused' | 'stopped' | 'done';
export type MemberState = 'waiting' | 'under-way' | 'done' | 'failed' | 'skipped' | 'pinned';

/** All living resources of an item on their way to a newer version, wave after wave. */
export interface Fleet {
  readonly id: string;
  readonly itemName: string;
  readonly itemTitle: string;
  /** Team id. */
  readonly itemOwner: string;
  readonly itemVersion: string;
  readonly itemDigest: string;
  readonly state: FleetState;
  /** The one that is under way, from 1 on. */
  readonly wave: number;
  readonly waves: number;
  readonly pausedBecause: string | null;
  readonly reason: string;
  /** Who started it, and in whose name the rules are asked: Slack user id. */
  readonly personId: string;
  readonly traceId: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** One resource of it. */
export interface FleetMember {
  readonly fleetId: string;
  readonly resourceId: string;
  readonly wave: number;
  readonly state: MemberState;
  readonly detail: string | null;
  readonly operationId: string | null;
  readonly version: number;
  readonly title: string;
  readonly teamId: string;
  readonly environment: string;
  readonly ownerId: string;
  /** Of its operation, where there is one. */
  readonly operation: { readonly state: OperationState; readonly failure: string | null } | null;
}

/** A resource whose owner does not want it upgraded just now. */
export interface Pin {
  readonly resourceId: string;
  readonly reason: string;
  readonly personId: string;
  readonly until: Date;
}

/** A living resource that a newer version affects. */
export interface Outdated {
  readonly resourceId: string;
  readonly title: string;
  readonly teamId: string;
  readonly environment: string;
  readonly ownerId: string;
  readonly itemVersion: string;
  readonly itemDigest: string;
  readonly pin: Pin | null;
}
