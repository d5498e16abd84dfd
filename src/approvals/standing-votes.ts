import { Injectable } from '@nestjs/common';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Approval } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ApprovalMeasures } from './approval-measures.js';
import { Ballot } from './ballot.js';
import type { Electorate } from './electorate.js';
import { Electorates } from './electorates.js';
import { exceeds } from './likeness.js';
import { placeOf } from './place.js';
import { type StandingApproval, StandingStore } from './standing.store.js';
import { VoteStore } from './vote.store.js';

const BATCH = 50;

/** Gives the votes of standing approvals: as those of the people who granted them, in their stage, if they are still asked. */
@Injectable()
export class StandingVotes {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: StandingStore,
    private readonly approvals: ApprovalStore,
    private readonly votes: VoteStore,
    private readonly ballot: Ballot,
    private readonly decisions: ApprovalDecisions,
    private readonly electorates: Electorates,
    private readonly journal: ApprovalJournal,
    private readonly notices: Notices,
    private readonly measures: ApprovalMeasures,
  ) {}

  /** Gives every vote that was agreed to beforehand. May be repeated. Answers how it stands; null when there is no such approval. */
  async give(approvalId: string): Promise<Approval | null> {
    const approval = await this.approvals.find(approvalId);
    if (approval?.state !== 'waiting' || approval.likeness === null) return approval;
    const similar = (await this.store.candidates(approval)).filter((standing) => isWithin(approval, standing));
    if (similar.length === 0) return approval;
    const electorate = await this.electorates.fresh(approval);
    let after = approval;
    for (const standing of similar) {
      after = await this.transactions.run((tx) => this.giveOne(tx, approvalId, standing, electorate));
      if (after.state !== 'waiting') {
        this.measures.ended(after);
        return after;
      }
    }
    // Another stage has begun: somebody may have agreed to that beforehand.
    return after.stage > approval.stage ? this.give(approvalId) : after;
  }

  /** Takes away what revoked ones gave to what still waits. */
  async withdrawRevoked(): Promise<void> {
    for (const { approvalId, standingId } of await this.store.revoked(BATCH))
      await this.withdraw(approvalId, standingId);
  }

  /** Takes back what a revoked one gave, and counts for nothing since. May be repeated. */
  private async withdraw(approvalId: string, standingId: string): Promise<void> {
    const approval = await this.approvals.find(approvalId);
    if (approval === null) return;
    const electorate = await this.electorates.fresh(approval);
    await this.transactions.run(async (tx) => {
      const { approval: now, expired } = await this.approvals.lock(tx, approvalId);
      const personId = await this.store.voterBy(tx, standingId, approvalId);
      if (now.state !== 'waiting' || expired || personId === null) return;
      await this.ballot.remove(tx, now, personId, `has no vote by ${standingId} any more: it was revoked`);
      await this.decisions.weigh(tx, approvalId, electorate);
    });
  }

  private async giveOne(
    tx: Tx,
    approvalId: string,
    standing: StandingApproval,
    electorate: Electorate,
  ): Promise<Approval> {
    const { approval: found, expired } = await this.approvals.lock(tx, approvalId);
    if (found.state !== 'waiting' || expired) return found;
    // Whoever came back may have made it enough by now: nothing is spent on that.
    const approval = await this.decisions.weigh(tx, approvalId, electorate);
    const { grantedBy } = standing;
    const hasVoted = approval.votes.some(({ personId }) => personId === grantedBy);
    if (approval.state !== 'waiting' || hasVoted || !isWithin(approval, standing)) return approval;
    const place = placeOf(grantedBy, 'yes', approval, electorate);
    // Only their own vote, and only where it is wanted: not in a stage that has enough.
    if (place.kind !== 'here' || place.onBehalfOf !== null || place.stage !== approval.stage) return approval;
    const used = await this.store.use(tx, standing.id);
    if (used === null) return approval;
    const vote = { personId: grantedBy, choice: 'yes', via: 'standing', stage: place.stage } as const;
    await this.votes.put(tx, approval, { ...vote, onBehalfOf: null, standingId: standing.id, reason: null });
    await this.tell(tx, approval, used);
    const summary = `agreed beforehand with ${standing.id}, given with ${standing.approvalId} (${used.used} of ${used.maxCount})`;
    await this.journal.record(tx, approval, { type: 'approval.voted', by: grantedBy, summary });
    return this.decisions.weigh(tx, approvalId, electorate);
  }

  /** Whoever agreed beforehand hears of each use. */
  private tell(tx: Tx, { id, title, requesterId }: Approval, used: StandingApproval): Promise<void> {
    return this.notices.post(tx, {
      key: `standing-used:${used.id}:${id}`,
      to: { kind: 'person', personId: used.grantedBy },
      template: 'standing-used',
      data: { standingId: used.id, title, requesterId, used: used.used, maxCount: used.maxCount },
    });
  }
}

function isWithin({ likeness }: Approval, { likeness: agreed, varying }: StandingApproval): boolean {
  return likeness !== null && exceeds(likeness, agreed, varying) === null;
}
