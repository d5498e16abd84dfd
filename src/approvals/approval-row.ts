import { z } from 'zod';
import type { SubjectRef } from '../platform/changes/index.js';
import type { Job } from '../platform/durable/index.js';
import type { Approval, ApprovalState, Vote } from './approval.js';
import { likenessSchema } from './likeness.js';
import { approvalNeedSchema } from './need-parser.js';

export interface ApprovalRow {
  id: string;
  subject_kind: SubjectRef['kind'];
  subject_id: string;
  state: ApprovalState;
  title: string;
  digest: string;
  need: unknown;
  requester_id: string;
  wakes: Job;
  expires_at: Date;
  decided_by: string[];
  decided_reason: string | null;
  decided_at: Date | null;
  trace_id: string;
  created_at: Date;
  stage: number;
  stage_since: Date;
  escalated: string[];
  likeness: unknown;
  expired: boolean;
  votes: unknown;
  refused: unknown;
}

/** Everything about an approval in one look. `expired` is by the database's clock; what was agreed to beforehand and revoked is no vote. */
export const SELECT_APPROVAL = `select a.*, a.expires_at <= now() as expired,
  (select coalesce(json_agg(v order by v.cast_at, v.person_id), '[]') from votes v where v.approval_id = a.id
     and (a.state <> 'waiting' or v.standing_id is null
       or not exists (select 1 from standing_approvals s where s.id = v.standing_id and s.state = 'revoked'))) as votes,
  (select coalesce(json_agg(r order by r.at, r.person_id), '[]') from refused_votes r where r.approval_id = a.id) as refused
  from approvals a`;

const votesParser = z.array(
  z
    .object({
      person_id: z.string(),
      choice: z.enum(['yes', 'no']),
      via: z.enum(['button', 'reaction', 'standing']),
      stage: z.int(),
      on_behalf_of: z.string().nullable(),
      standing_id: z.string().nullable(),
      digest: z.string(),
      reason: z.string().nullable(),
      cast_at: z.coerce.date(),
    })
    .transform(({ digest, ...vote }) => ({
      digest,
      vote: {
        personId: vote.person_id,
        choice: vote.choice,
        via: vote.via,
        stage: vote.stage,
        onBehalfOf: vote.on_behalf_of,
        standingId: vote.standing_id,
        reason: vote.reason,
        castAt: vote.cast_at,
      } satisfies Vote,
    })),
);
const refusedParser = z.array(
  z
    .object({ person_id: z.string(), why: z.string() })
    .transform(({ person_id, why }) => ({ personId: person_id, why })),
);

export function approvalOf(row: ApprovalRow): Approval {
  const votes = votesParser.parse(row.votes);
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id },
    state: row.state,
    title: row.title,
    digest: row.digest,
    need: approvalNeedSchema.parse(row.need),
    requesterId: row.requester_id,
    wakes: row.wakes,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedReason: row.decided_reason,
    decidedAt: row.decided_at,
    traceId: row.trace_id,
    createdAt: row.created_at,
    stage: row.stage,
    stageSince: row.stage_since,
    escalated: row.escalated,
    likeness: likenessSchema.nullable().parse(row.likeness),
    // Votes are bound to the digest: one cast on other arguments is not a vote on these.
    votes: votes.filter(({ digest }) => digest === row.digest).map(({ vote }) => vote),
    refused: refusedParser.parse(row.refused),
  };
}
