import type { Facts } from '../../orchestrator/index.js';
import type { PlannedChange } from '../../requests/index.js';
import type { JsonObject } from '../../shared/index.js';

export type OperationState = 'awaiting-approval' | 'waiting' | 'running' | 'done' | 'failed' | 'denied' | 'expired';

/** By the position of the step that made it; without facts it is made again. */
export interface Repair {
  readonly position: number;
  readonly facts: Facts | null;
}

/** What was shown before anybody agreed to it. */
export interface OperationPlan {
  readonly digest: string;
  readonly changes: readonly PlannedChange[];
  /** Of a reconciliation. */
  readonly repairs?: readonly Repair[];
}

/** One thing that somebody had done to a living resource. */
export interface OperationRun {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly resourceId: string;
  readonly kind: 'operation' | 'reconcile' | 'upgrade';
  readonly name: string;
  readonly title: string;
  readonly state: OperationState;
  /** Of the item's version that says how it is done. */
  readonly itemDigest: string;
  readonly parameters: JsonObject;
  readonly plan: OperationPlan;
  /** What `read` found before it began: position → facts. */
  readonly before: Readonly<Record<string, Facts>> | null;
  readonly outputs: JsonObject;
  readonly failure: string | null;
  readonly reason: string;
  readonly personId: string;
  readonly approvalId: string | null;
  readonly runId: string | null;
  /** Where it is done together with all the others of an item. */
  readonly fleetId: string | null;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export const OPEN: readonly OperationState[] = ['awaiting-approval', 'waiting', 'running'];

export function operationWorkflowId(id: string): string {
  return `operation:${id}`;
}
