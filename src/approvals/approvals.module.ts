import { Global, Module } from '@nestjs/common';
import { AbsenceStore } from './absence.store.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ApprovalSweep } from './approval-sweep.js';
import { Approvals } from './approvals.js';
import { Ballot } from './ballot.js';
import { Electorates } from './electorates.js';
import { ReactionBallot } from './reaction-ballot.js';
import { RecentAnswers } from './recent-answers.js';
import { VoteStore } from './vote.store.js';

const STORES = [AbsenceStore, ApprovalStore, VoteStore];
const VOTING = [ApprovalDecisions, ApprovalJournal, Ballot, Electorates, ReactionBallot, RecentAnswers];

@Global()
@Module({
  providers: [...STORES, ...VOTING, Approvals, ApprovalSweep],
  exports: [Approvals, Electorates],
})
export class ApprovalsModule {}
