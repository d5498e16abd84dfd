import type { Job } from '../platform/durable/index.js';
export type ExceptionKind = 'rule' | 'break-glass';
export type ExceptionState = 'asked' | 'active' | 'denied' | 'expired' | 'ended' | 'revoked';
export type Review = 'open' | 'fine' | 'not-fine';

/** Whom and what an exception is for: one person's requests of one item for one team and environment. */
export interface ExceptionPlace {
  readonly personId: string;
  readonly teamId: string;
  readonly environment: string;
  readonly itemName: string;
}

/** A time-boxed, audited waiver: of one rule, approved by its owner; or of all approvals and rules on content in an incident, reviewed afterwards. */
export interface Exception extends ExceptionPlace {
  readonly id: string;
  readonly kind: ExceptionKind;
  readonly state: ExceptionState;
  /** Null for a broken glass. */
  readonly ruleId: string | null;
  readonly ruleTitle: string;
  /** Who decides on it, or reviews it. */
  readonly ownerTeamId: string;
  readonly reason: string;
  readonly hours: number;
  readonly incidentId: string | null;
  readonly approvalId: string | null;
  /** The form in which it was asked for; an opaque id. */
  readonly draftId: string | null;
  readonly review: Review | null;
  readonly decidedBy: readonly string[];
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly traceId: string;
  readonly version: number;
  readonly createdAt: Date;
}

export interface ExceptionRow {
  id: string;
  kind: ExceptionKind;
  state: ExceptionState;
  rule_id: string | null;
  rule_title: string;
  owner_team_id: string;
  person_id: string;
  team_id: string;
  environment: string;
  item_name: string;
  reason: string;
  hours: number;
  incident_id: string | null;
  approval_id: string | null;
  draft_id: string | null;
  review: Review | null;
  decided_by: string[];
  starts_at: Date | null;
  ends_at: Date | null;
  trace_id: string;
  version: number;
  created_at: Date;
}

export function exceptionOf(row: ExceptionRow): Exception {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    ruleId: row.rule_id,
    ruleTitle: row.rule_title,
    ownerTeamId: row.owner_team_id,
    personId: row.person_id,
    teamId: row.team_id,
    environment: row.environment,
    itemName: row.item_name,
    reason: row.reason,
    hours: row.hours,
    incidentId: row.incident_id,
    approvalId: row.approval_id,
    draftId: row.draft_id,
    review: row.review,
    decidedBy: row.decided_by,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    traceId: row.trace_id,
    version: row.version,
    createdAt: row.created_at,
  };
}

/** What its decision or review starts. */
export function wakenBy(exceptionId: string): Job {
  return { workflow: 'exception', id: `exception:${exceptionId}`, args: [exceptionId], queue: 'requests' };
}
