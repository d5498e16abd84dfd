import { z } from 'zod';
import type { SubjectRef } from '../platform/changes/index.js';
import type { ApprovalNeed } from '../policy/index.js';

export type ApprovalState = 'waiting' | 'approved' | 'denied' | 'expired' | 'cancelled';
export type Choice = 'yes' | 'no';
export type Via = 'button' | 'reaction';

export interface Vote {
  readonly personId: string;
  readonly choice: Choice;
  readonly via: Via;
  readonly reason: string | null;
  readonly castAt: Date;
}

/** The wanted votes of distinct eligible people on exact arguments, which the digest stands for. */
export interface Approval {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly state: ApprovalState;
  readonly title: string;
  readonly digest: string;
  readonly need: ApprovalNeed;
  readonly requesterId: string;
  readonly workflowId: string;
  readonly expiresAt: Date;
  readonly decidedBy: readonly string[];
  readonly decidedReason: string | null;
  readonly decidedAt: Date | null;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly votes: readonly Vote[];
}

/** What is to be agreed, by whom, and whom the decision wakes. */
export interface OpenApproval {
  /** `<id>/<part>` when it is about a part of the subject, such as a step of an incident's playbook. */
  readonly subject: SubjectRef;
  /** Of everything the vote is about: if any of it changes, it is another approval. */
  readonly digest: string;
  readonly need: ApprovalNeed;
  readonly requesterId: string;
  readonly title: string;
  /** Woken with `{ outcome, by, reason }` on the topic `approval`. */
  readonly workflowId: string;
  readonly traceId: string;
}

/** What became of one person's vote, in words for that person. */
export interface VoteOutcome {
  readonly kind: 'counted' | 'decided' | 'not-eligible' | 'settled';
  readonly message: string;
  readonly approval: Approval;
}

/** An {@link ApprovalNeed} as it comes back from the database. */
export const approvalNeedSchema: z.ZodType<ApprovalNeed> = z.object({
  count: z.int().min(1),
  from: z.object({
    teamId: z.string().optional(),
    relation: z.enum(['lead', 'member']).optional(),
    role: z.string().optional(),
  }),
  describe: z.string(),
  expiresAfterSeconds: z.number(),
}) as z.ZodType<ApprovalNeed>;

export interface ApprovalRow {
  id: string;
  subject_kind: SubjectRef['kind'];
  subject_id: string;
  state: ApprovalState;
  title: string;
  digest: string;
  need: unknown;
  requester_id: string;
  workflow_id: string;
  expires_at: Date;
  decided_by: string[];
  decided_reason: string | null;
  decided_at: Date | null;
  trace_id: string;
  created_at: Date;
  expired: boolean;
}

export interface VoteRow {
  approval_id: string;
  person_id: string;
  choice: Choice;
  via: Via;
  reason: string | null;
  cast_at: Date;
}

export function approvalOf(row: ApprovalRow, votes: readonly VoteRow[]): Approval {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id },
    state: row.state,
    title: row.title,
    digest: row.digest,
    need: approvalNeedSchema.parse(row.need),
    requesterId: row.requester_id,
    workflowId: row.workflow_id,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedReason: row.decided_reason,
    decidedAt: row.decided_at,
    traceId: row.trace_id,
    createdAt: row.created_at,
    votes: votes.map((vote) => ({
      personId: vote.person_id,
      choice: vote.choice,
      via: vote.via,
      reason: vote.reason,
      castAt: vote.cast_at,
    })),
  };
}
