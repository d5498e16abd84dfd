import type { SecretRef } from '../secrets/index.js';
import type { JsonObject } from '../shared/index.js';

export type ResourceState = 'provisioning' | 'active' | 'destroying' | 'destroyed' | 'destroy-failed' | 'failed';

/** In SQL: it is there, or may be. */
export const LIVING = `('provisioning', 'active', 'destroying', 'destroy-failed')`;

/** What a run made and the product now looks after. */
export interface Resource {
  readonly id: string;
  readonly requestId: string | null;
  readonly kind: string;
  readonly title: string;
  readonly state: ResourceState;
  readonly itemName: string;
  readonly itemVersion: string;
  readonly itemDigest: string;
  readonly teamId: string;
  readonly environment: string;
  /** Slack user id. */
  readonly ownerId: string;
  readonly parameters: JsonObject;
  /** How to reach it. Never secrets. */
  readonly outputs: JsonObject;
  readonly secretRef: SecretRef | null;
  /** The run that made it: its steps know how to take it away. */
  readonly runId: string | null;
  readonly destroyRunId: string | null;
  readonly leaseHours: number;
  readonly leaseEndsAt: Date | null;
  readonly leaseWarnedAt: Date | null;
  readonly destroyReason: string | null;
  /** At the end of its lease what stands on it is destroyed with it; otherwise it waits. */
  readonly takesDependents: boolean;
  readonly traceId: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly destroyedAt: Date | null;
}

export interface ResourceRow {
  id: string;
  request_id: string | null;
  kind: string;
  title: string;
  state: ResourceState;
  item_name: string;
  item_version: string;
  item_digest: string;
  team_id: string;
  environment: string;
  owner_id: string;
  parameters: JsonObject;
  outputs: JsonObject;
  secret_ref: string | null;
  run_id: string | null;
  destroy_run_id: string | null;
  lease_hours: number;
  lease_ends_at: Date | null;
  lease_warned_at: Date | null;
  destroy_reason: string | null;
  takes_dependents: boolean;
  trace_id: string;
  version: number;
  created_at: Date;
  destroyed_at: Date | null;
}

export function resourceOf(row: ResourceRow): Resource {
  return {
    id: row.id,
    requestId: row.request_id,
    kind: row.kind,
    title: row.title,
    state: row.state,
    itemName: row.item_name,
    itemVersion: row.item_version,
    itemDigest: row.item_digest,
    teamId: row.team_id,
    environment: row.environment,
    ownerId: row.owner_id,
    parameters: row.parameters,
    outputs: row.outputs,
    secretRef: row.secret_ref,
    runId: row.run_id,
    destroyRunId: row.destroy_run_id,
    leaseHours: row.lease_hours,
    leaseEndsAt: row.lease_ends_at,
    leaseWarnedAt: row.lease_warned_at,
    destroyReason: row.destroy_reason,
    takesDependents: row.takes_dependents,
    traceId: row.trace_id,
    version: row.version,
    createdAt: row.created_at,
    destroyedAt: row.destroyed_at,
  };
}
