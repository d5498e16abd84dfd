import { z } from 'zod';
import type { SubjectRef } from '../platform/changes/index.js';
import type { Job } from '../platform/durable/index.js';
import type { ApprovalNeed } from '../policy/index.js';
import type { Likeness } from './likeness.js';

export type ApprovalState = 'waiting' | 'approved' | 'denied' | 'expired' | 'cancelled';
export type Choice = 'yes' | 'no';
/** `standing`: somebody agreed to it beforehand, with the approval of something similar. */
export type Via = 'button' | 'reaction' | 'standing';

export interface Vote {
  readonly personId: string;
  readonly choice: Choice;
  readonly via: Via;
  /** The stage it was cast in, from 0. */
  readonly stage: number;
  /** Who is away and in whose place it is cast; null when it is the person's own. */
  readonly onBehalfOf: string | null;
  /** The standing approval that cast it. */
  readonly standingId: string | null;
  readonly reason: string | null;
  readonly castAt: Date;
}

/** Somebody tried to vote whose vote does not count. */
export interface RefusedVote {
  readonly personId: string;
  readonly why: string;
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
  readonly wakes: Job;
  readonly expiresAt: Date;
  readonly decidedBy: readonly string[];
  readonly decidedReason: string | null;
  readonly decidedAt: Date | null;
  readonly traceId: string;
  readonly createdAt: Date;
  /** The stage that waits, from 0. */
  readonly stage: number;
  readonly stageSince: Date;
  /** The groups that others may stand in for by now, by `placeKey`. */
  readonly escalated: readonly string[];
  /** Null when nothing can be similar to it. */
  readonly likeness: Likeness | null;
  /** On these arguments; votes on earlier ones are void. */
  readonly votes: readonly Vote[];
  readonly refused: readonly RefusedVote[];
}

/** How an approval ended, for the workflow it wakes. */
export const verdictSchema = z.object({
  outcome: z.enum(['approved', 'denied', 'expired', 'cancelled']),
  by: z.array(z.string()),
  reason: z.string().nullable(),
});
export type Verdict = Readonly<z.infer<typeof verdictSchema>>;

/** What is to be agreed, by whom, and what the decision wakes. */
export interface OpenApproval {
  /** `<id>/<part>` when it is about a part of the subject, such as a step of an incident's playbook. */
  readonly subject: SubjectRef;
  /** Of everything the vote is about: if any of it changes, it is another approval. */
  readonly digest: string;
  readonly need: ApprovalNeed;
  readonly requesterId: string;
  readonly title: string;
  /** Enqueued once it is decided, with {@link Verdict} as one more argument. Nothing runs while it waits. */
  readonly wakes: Job;
  readonly traceId: string;
  /** Left out when nothing can be similar to it. */
  readonly likeness?: Likeness;
}

/** What became of one person's vote, in words for that person. */
export interface VoteOutcome {
  readonly kind: 'counted' | 'decided' | 'not-eligible' | 'settled';
  readonly message: string;
  readonly approval: Approval;
}
