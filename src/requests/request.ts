import { z } from 'zod';
import type { Job } from '../platform/durable/index.js';
import type { JsonObject } from '../shared/index.js';
import { type Plan, planSchema } from './plan.js';

export type RequestState =
  | 'awaiting-approval'
  | 'provisioning'
  /** Failed, and kept as it is for somebody to look at. */
  | 'halted'
  | 'ready'
  | 'failed'
  | 'denied'
  | 'expired'
  | 'cancelled';

/** Why a request did not end well, in three plain sentences and the name of the step. */
export interface RequestFailure {
  readonly step: string | null;
  readonly what: string;
  readonly undone: string;
  readonly next: string;
}

const failureSchema = z
  .object({ step: z.string().nullable(), what: z.string(), undone: z.string(), next: z.string() })
  .nullable();

/** One person's wish for one catalog item with parameters. */
export interface RequestRecord {
  readonly id: string;
  readonly state: RequestState;
  readonly requesterId: string;
  readonly teamId: string;
  readonly environment: string;
  readonly itemName: string;
  readonly itemVersion: string;
  readonly itemDigest: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
  readonly plan: Plan;
  readonly originChannelId: string | null;
  readonly resourceId: string;
  readonly approvalId: string | null;
  /** The request it took the place of: changed, or asked again. */
  readonly follows: string | null;
  readonly runId: string | null;
  readonly failure: RequestFailure | null;
  /** Then it is rolled back. Only while it is halted. */
  readonly haltedUntil: Date | null;
  readonly traceId: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface RequestRow {
  id: string;
  state: RequestState;
  requester_id: string;
  team_id: string;
  environment: string;
  item_name: string;
  item_version: string;
  item_digest: string;
  parameters: JsonObject;
  reason: string;
  lease_hours: number;
  plan: unknown;
  origin_channel_id: string | null;
  resource_id: string;
  approval_id: string | null;
  follows: string | null;
  run_id: string | null;
  failure: unknown;
  halted_until: Date | null;
  trace_id: string;
  version: number;
  created_at: Date;
  settled_at: Date | null;
}

export function requestOf(row: RequestRow): RequestRecord {
  return {
    id: row.id,
    state: row.state,
    requesterId: row.requester_id,
    teamId: row.team_id,
    environment: row.environment,
    itemName: row.item_name,
    itemVersion: row.item_version,
    itemDigest: row.item_digest,
    parameters: row.parameters,
    reason: row.reason,
    leaseHours: row.lease_hours,
    plan: planSchema.parse(row.plan),
    originChannelId: row.origin_channel_id,
    resourceId: row.resource_id,
    approvalId: row.approval_id,
    follows: row.follows,
    runId: row.run_id,
    failure: failureSchema.parse(row.failure),
    haltedUntil: row.halted_until,
    traceId: row.trace_id,
    version: row.version,
    createdAt: row.created_at,
    settledAt: row.settled_at,
  };
}

/** `request.*` in the expressions of a catalog item. */
export function requestScope(
  request: Pick<RequestRecord, 'id' | 'teamId' | 'environment' | 'requesterId' | 'reason'>,
): JsonObject {
  const { id, teamId, environment, requesterId, reason } = request;
  return { id, team: teamId, environment, requesterId, reason };
}

/** What policy is asked about. */
export function aboutRequest({ id, teamId, environment, itemName, requesterId: ownerId }: RequestRecord) {
  return { kind: 'request', id, teamId, environment, itemName, ownerId } as const;
}

/** What brings a request on its way. */
export function workflowOf(requestId: string): Job {
  return { workflow: 'fulfil-request', id: `request:${requestId}`, args: [requestId], queue: 'requests' };
}
