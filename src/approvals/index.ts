export type { Absence } from './absence.store.js';
export { Absences } from './absences.js';
export {
  type Approval,
  type ApprovalState,
  type Verdict,
  type Vote,
  type VoteOutcome,
  verdictSchema,
} from './approval.js';
export { ApprovalSweep } from './approval-sweep.js';
export { ReasonWanted, VoteKept } from './approvals.errors.js';
export { Approvals } from './approvals.js';
export { ApprovalsModule } from './approvals.module.js';
export { CastVoteSweep } from './cast-vote-sweep.js';
export { askedIn, type Electorate } from './electorate.js';
export { Electorates } from './electorates.js';
export type { Likeness } from './likeness.js';
export { approvalNeedSchema } from './need-parser.js';
export { type Place, placeOf } from './place.js';
export type { ReactionSets } from './reactions.js';
export type { StandingApproval } from './standing.store.js';
export { StandingApprovals } from './standing-approvals.js';
export { StandingVotes } from './standing-votes.js';
export { type GroupStanding, type Standing, standingOf } from './tally.js';
export { Votes } from './votes.js';
