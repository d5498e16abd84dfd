import { Global, Module } from '@nestjs/common';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ApprovalSweep } from './approval-sweep.js';
import { Approvals } from './approvals.js';
import { Ballot } from './ballot.js';
import { Electorate } from './electorate.js';

@Global()
@Module({
  providers: [ApprovalStore, ApprovalDecisions, ApprovalJournal, Ballot, Electorate, Approvals, ApprovalSweep],
  exports: [Approvals, Electorate],
})
export class ApprovalsModule {}
