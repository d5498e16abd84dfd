import type { JsonObject } from '../shared/index.js';
import type { DraftContent } from './drafts.js';

/** A wish that waits for quota: it is opened, in its turn, when enough is returned. */
export type QueuedState = 'waiting' | 'opening' | 'opened' | 'refused' | 'cancelled' | 'expired';

export interface QueuedRequest {
  readonly id: string;
  /** Of the request it becomes: a draft is one request, queued or not. */
  readonly idempotencyKey: string;
  readonly state: QueuedState;
  /** Slack user id. */
  readonly personId: string;
  readonly teamId: string;
  readonly environment: string;
  readonly itemName: string;
  readonly title: string;
  readonly content: DraftContent;
  readonly planDigest: string | null;
  /** Unit → how much of it. */
  readonly wants: Readonly<Record<string, number>>;
  readonly requestId: string | null;
  /** Why it was not opened. */
  readonly outcome: string | null;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface QueuedRow {
  id: string;
  idempotency_key: string;
  state: QueuedState;
  person_id: string;
  team_id: string;
  environment: string;
  item_name: string;
  title: string;
  content: DraftContent & { parameters: JsonObject };
  plan_digest: string | null;
  wants: Record<string, number>;
  request_id: string | null;
  outcome: string | null;
  trace_id: string;
  created_at: Date;
  expires_at: Date;
}

export function queuedOf(row: QueuedRow): QueuedRequest {
  return {
    id: row.id,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    personId: row.person_id,
    teamId: row.team_id,
    environment: row.environment,
    itemName: row.item_name,
    title: row.title,
    content: row.content,
    planDigest: row.plan_digest,
    wants: row.wants,
    requestId: row.request_id,
    outcome: row.outcome,
    traceId: row.trace_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
