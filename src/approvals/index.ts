export { type Approval, type ApprovalState, approvalNeedSchema, type VoteOutcome } from './approval.js';
export { ApprovalSweep } from './approval-sweep.js';
export { ReasonWanted } from './approvals.errors.js';
export { Approvals } from './approvals.js';
export { ApprovalsModule } from './approvals.module.js';
export { Electorate } from './electorate.js';
export type { ReactionSets } from './tally.js';
