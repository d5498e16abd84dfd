import type { SubjectRef } from '../../platform/changes/index.js';
import type { ResourceState } from '../../resources/index.js';

/** One thing that is there by `read`, and that nobody has. */
export interface OrphanedThing {
  /** Of the step that made it. */
  readonly position: number;
  readonly step: string;
  readonly detail: string;
}

/** The resource that it belonged to, or whose change or disturbance left it. */
export interface OrphanResource {
  readonly id: string;
  readonly title: string;
  readonly teamId: string;
  readonly environment: string;
  readonly ownerId: string;
  readonly state: ResourceState;
}

/**
 * What is left of a run: of a `request` that failed, of a `resource` that is gone, of an `operation` that failed on a resource which
 * lives, of a step of a `playbook` that failed or could not be rolled back.
 */
export interface Orphan {
  readonly runId: string;
  readonly origin: 'request' | 'resource' | 'operation' | 'playbook';
  /** Whose trail has it. */
  readonly subject: SubjectRef;
  /** Of the resource, or of the incident. */
  readonly title: string;
  readonly resource: OrphanResource | null;
  readonly requestId: string | null;
  readonly incidentId: string | null;
  readonly traceId: string;
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
