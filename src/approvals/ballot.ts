import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import type { Approval, Choice, Via, VoteOutcome } from './approval.js';
import { ApprovalStore, type LateVote } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { lateReactions, type ReactionSets, reactionVotes } from './tally.js';
import { countedWords, decidedWords, notEligibleWords, settledWords } from './vote-words.js';

export interface Cast {
  readonly personId: string;
  readonly choice: Choice;
  readonly via: Via;
  readonly reason: string | null;
}

/** Where votes are put, changed and withdrawn, under the lock of their approval. */
@Injectable()
export class Ballot {
  constructor(
    private readonly store: ApprovalStore,
    private readonly decisions: ApprovalDecisions,
    private readonly journal: ApprovalJournal,
  ) {}

  /** One person's vote by their own act. */
  async cast(tx: Tx, approvalId: string, vote: Cast, eligible: ReadonlySet<string>): Promise<VoteOutcome> {
    const { approval, expired } = await this.store.lock(tx, approvalId);
    const { personId, choice, via } = vote;
    if (approval.state !== 'waiting' || expired) {
      await this.noteLate(tx, approval, { personId, what: choice });
      return { kind: 'settled', message: settledWords(approval), approval };
    }
    if (personId === approval.requesterId || !eligible.has(personId)) {
      const summary = `voted ${choice}, but is not eligible`;
      await this.journal.record(tx, approval, { type: 'approval.vote_refused', by: personId, summary });
      return { kind: 'not-eligible', message: notEligibleWords(approval, personId), approval };
    }
    await this.store.putVote(tx, approval, vote);
    await this.journal.record(tx, approval, {
      type: 'approval.voted',
      by: personId,
      summary: `voted ${choice} by ${via}`,
    });
    const after = await this.decisions.weigh(tx, approvalId, eligible);
    if (after.state !== 'waiting') return { kind: 'decided', message: decidedWords(after), approval: after };
    return { kind: 'counted', message: countedWords(after, eligible), approval: after };
  }

  /** Makes the votes by reaction those of this reading. Answers how it stands, and whether this decided it. */
  async recount(
    tx: Tx,
    approvalId: string,
    { reading, reactions }: { reading: string; reactions: ReactionSets },
    eligible: ReadonlySet<string>,
  ): Promise<{ approval: Approval; decided: boolean }> {
    const { approval, expired } = await this.store.lock(tx, approvalId);
    if (!(await this.store.takeReading(tx, approvalId, reading))) return { approval, decided: false };
    const wanted = reactionVotes(reactions, eligible, approval.requesterId);
    if (approval.state !== 'waiting' || expired) {
      for (const late of lateReactions(approval.votes, wanted)) await this.noteLate(tx, approval, late);
      return { approval, decided: false };
    }
    await this.putReactions(tx, approval, wanted);
    await this.withdrawReactions(tx, approval, wanted);
    const after = await this.decisions.weigh(tx, approvalId, eligible);
    return { approval: after, decided: after.state !== 'waiting' };
  }

  private async putReactions(tx: Tx, approval: Approval, wanted: ReadonlyMap<string, Choice>): Promise<void> {
    const kept = new Map(approval.votes.map((vote) => [vote.personId, vote.choice]));
    for (const [personId, choice] of wanted) {
      if (kept.get(personId) === choice) continue;
      await this.store.putVote(tx, approval, { personId, choice, via: 'reaction', reason: null });
      const summary = `voted ${choice} by reaction`;
      await this.journal.record(tx, approval, { type: 'approval.voted', by: personId, summary });
    }
  }

  private async withdrawReactions(tx: Tx, approval: Approval, wanted: ReadonlyMap<string, Choice>): Promise<void> {
    for (const { personId, via } of approval.votes) {
      if (via !== 'reaction' || wanted.has(personId)) continue;
      await this.store.removeVote(tx, approval.id, personId);
      const summary = 'has no vote by reaction any more';
      await this.journal.record(tx, approval, { type: 'approval.vote_withdrawn', by: personId, summary });
    }
  }

  /** On the trail, once each; it undoes nothing. */
  private async noteLate(tx: Tx, approval: Approval, late: LateVote): Promise<void> {
    if (!(await this.store.noteLateVote(tx, approval.id, late))) return;
    const summary =
      late.what === 'withdrawn'
        ? 'withdrew their vote after it was settled; nothing was undone'
        : `voted ${late.what} after it was settled; nothing was undone`;
    await this.journal.record(tx, approval, { type: 'approval.late_vote', by: late.personId, summary });
  }
}
