export type { Approval, ApprovalState, Choice, Vote, VoteOutcome } from './approval.js';
export { ReasonWanted, UnknownApproval } from './approvals.errors.js';
export { Approvals, type OpenApproval } from './approvals.js';
export { ApprovalsModule } from './approvals.module.js';
export type { ReactionSets } from './tally.js';
