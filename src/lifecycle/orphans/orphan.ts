import type { ResourceState } from '../../resources/index.js';

/** One thing that is there by `read`, and that nobody has. */
export interface OrphanedThing {
  /** Of the step that made it. */
  readonly position: number;
  readonly step: string;
  readonly detail: string;
}

/** What is left of a run whose request failed, or whose resource is gone. */
export interface Orphan {
  readonly runId: string;
  readonly resourceId: string;
  readonly title: string;
  readonly itemName: string;
  readonly teamId: string;
  readonly environment: string;
  readonly ownerId: string;
  readonly requestId: string | null;
  readonly traceId: string;
  readonly resourceState: ResourceState;
  readonly state: 'unchecked' | 'found' | 'removing' | 'gone';
  readonly things: readonly OrphanedThing[];
  /** Why it could not be looked at or removed the last time. */
  readonly failure: string | null;
  readonly foundAt: Date | null;
  readonly ignoredUntil: Date | null;
  readonly ignoredBy: string | null;
  readonly removalRunId: string | null;
  readonly version: number;
}

/** The right to look at one, which no other replica has meanwhile. */
export interface OrphanClaim {
  readonly runId: string;
  readonly version: number;
}
