import { Global, Module } from '@nestjs/common';
import { AbsenceStore } from './absence.store.js';
import { Absences } from './absences.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ApprovalMeasures } from './approval-measures.js';
import { ApprovalSweep } from './approval-sweep.js';
import { Approvals } from './approvals.js';
import { Ballot } from './ballot.js';
import { CastVoteStore } from './cast-vote.store.js';
import { CastVoteSweep } from './cast-vote-sweep.js';
import { Electorates } from './electorates.js';
import { FollowUps } from './follow-ups.js';
import { ReactionBallot } from './reaction-ballot.js';
import { RecentAnswers } from './recent-answers.js';
import { StandingStore } from './standing.store.js';
import { StandingApprovals } from './standing-approvals.js';
import { StandingVotes } from './standing-votes.js';
import { VoteStore } from './vote.store.js';
import { Votes } from './votes.js';

const STORES = [AbsenceStore, ApprovalStore, CastVoteStore, StandingStore, VoteStore];
const VOTING = [
  ApprovalDecisions,
  ApprovalJournal,
  ApprovalMeasures,
  Ballot,
  Electorates,
  ReactionBallot,
  RecentAnswers,
];

@Global()
@Module({
  providers: [
    ...STORES,
    ...VOTING,
    Absences,
    Approvals,
    ApprovalSweep,
    CastVoteSweep,
    FollowUps,
    StandingApprovals,
    StandingVotes,
    Votes,
  ],
  exports: [Absences, Approvals, Electorates, StandingApprovals, StandingVotes, Votes],
})
export class ApprovalsModule {}
