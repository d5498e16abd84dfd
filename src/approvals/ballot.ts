import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import type { Approval, Choice, Via, VoteOutcome } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { type CastVote, CastVoteStore } from './cast-vote.store.js';
import type { Electorate } from './electorate.js';
import { type Place, placeOf } from './place.js';
import { type LateVote, VoteStore } from './vote.store.js';
import { countedWords, decidedWords, refusedBriefly, refusedWords, settledWords } from './vote-words.js';

export interface Cast {
  readonly personId: string;
  readonly choice: Choice;
  readonly via: Exclude<Via, 'standing'>;
  readonly reason: string | null;
}

const ALREADY = 'Your vote is counted already; the card shows how it stands.';
const OUTDATED = 'You voted again later, and that vote counts.';
const TAKEN_BACK = 'Your vote is taken back. If your reaction is still on the card it counts again: take it off, too.';

/** Where one person's vote is put, changed and taken back, under the lock of its approval. */
@Injectable()
export class Ballot {
  constructor(
    private readonly store: ApprovalStore,
    private readonly votes: VoteStore,
    private readonly casts: CastVoteStore,
    private readonly decisions: ApprovalDecisions,
    private readonly journal: ApprovalJournal,
  ) {}

  /** Counts what one person clicked, as of when they clicked it; once, and not after a later click of theirs. */
  async count(tx: Tx, cast: CastVote, electorate: Electorate): Promise<VoteOutcome> {
    const { approvalId, personId, choice, reason } = cast;
    const { approval } = await this.store.lock(tx, approvalId);
    const mine = await this.casts.take(tx, cast);
    if (mine !== 'mine') return { kind: 'counted', message: mine === 'counted' ? ALREADY : OUTDATED, approval };
    if (approval.state !== 'waiting' || approval.expiresAt <= cast.castAt)
      return this.tooLate(tx, approval, personId, choice);
    if (choice === 'withdrawn') return this.takeBack(tx, approval, personId, electorate);
    return this.cast(tx, approval, { personId, choice, via: 'button', reason }, electorate);
  }

  private async cast(tx: Tx, approval: Approval, vote: Cast, electorate: Electorate): Promise<VoteOutcome> {
    const { personId, choice } = vote;
    const place = placeOf(personId, choice, approval, electorate);
    if (place.kind !== 'here') return this.refuse(tx, approval, vote, place);
    await this.put(tx, approval, vote, place);
    const after = await this.decisions.weigh(tx, approval.id, electorate);
    if (after.state !== 'waiting') return { kind: 'decided', message: decidedWords(after), approval: after };
    return { kind: 'counted', message: countedWords(after, electorate, place), approval: after };
  }

  private async takeBack(tx: Tx, approval: Approval, personId: string, electorate: Electorate): Promise<VoteOutcome> {
    if (!approval.votes.some((vote) => vote.personId === personId))
      return { kind: 'not-eligible', message: 'You have no vote here. Nothing was changed.', approval };
    await this.remove(tx, approval, personId, 'took their vote back');
    const after = await this.decisions.weigh(tx, approval.id, electorate);
    return { kind: 'counted', message: TAKEN_BACK, approval: after };
  }

  private async tooLate(
    tx: Tx,
    approval: Approval,
    personId: string,
    choice: CastVote['choice'],
  ): Promise<VoteOutcome> {
    const isNothing = choice === 'withdrawn' && !approval.votes.some((vote) => vote.personId === personId);
    if (!isNothing) await this.noteLate(tx, approval, { personId, what: choice });
    return { kind: 'settled', message: settledWords(approval), approval };
  }

  /** Writes a vote down where it belongs. */
  async put(tx: Tx, approval: Approval, vote: Cast, place: Extract<Place, { kind: 'here' }>): Promise<void> {
    const { personId, choice, via } = vote;
    const { stage, onBehalfOf } = place;
    await this.votes.put(tx, approval, { ...vote, stage, onBehalfOf, standingId: null });
    const whose = onBehalfOf === null ? '' : ` in place of ${onBehalfOf}, who is away`;
    const summary = `voted ${choice} by ${via}${whose}`;
    await this.journal.record(tx, approval, { type: 'approval.voted', by: personId, summary });
  }

  async remove(tx: Tx, approval: Approval, personId: string, summary: string): Promise<void> {
    await this.votes.remove(tx, approval.id, personId);
    await this.journal.record(tx, approval, { type: 'approval.vote_withdrawn', by: personId, summary });
  }

  /** On the trail, once each; it undoes nothing. */
  async noteLate(tx: Tx, approval: Approval, late: LateVote): Promise<void> {
    if (!(await this.votes.noteLate(tx, approval.id, late))) return;
    const summary =
      late.what === 'withdrawn'
        ? 'withdrew their vote after it was settled; nothing was undone'
        : `voted ${late.what} after it was settled; nothing was undone`;
    await this.journal.record(tx, approval, { type: 'approval.late_vote', by: late.personId, summary });
  }

  private async refuse(
    tx: Tx,
    approval: Approval,
    { personId, choice, via }: Cast,
    place: Exclude<Place, { kind: 'here' }>,
  ): Promise<VoteOutcome> {
    const why = refusedBriefly(place);
    if (place.kind !== 'counted-before') await this.votes.noteRefused(tx, approval.id, { personId, via, why });
    const summary = `voted ${choice}, which does not count: ${why}`;
    await this.journal.record(tx, approval, { type: 'approval.vote_refused', by: personId, summary });
    return { kind: 'not-eligible', message: refusedWords(approval, place), approval };
  }
}
