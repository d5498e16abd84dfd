import { Injectable } from '@nestjs/common';
import type { Person } from '../identity/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import type { Approval, Choice, VoteOutcome } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalMeasures } from './approval-measures.js';
import { ReasonWanted, UnknownApproval, VoteKept } from './approvals.errors.js';
import { Ballot } from './ballot.js';
import { type CastVote, CastVoteStore } from './cast-vote.store.js';
import { Electorates } from './electorates.js';
import { ReactionBallot } from './reaction-ballot.js';
import type { ReactionSets } from './reactions.js';
import { VoteStore } from './vote.store.js';

/** What is done in the transaction that counts a vote, knowing what became of it. */
export type Also = (tx: Tx, outcome: VoteOutcome) => Promise<void>;

const NOTHING: Also = () => Promise.resolve();
const AGAIN_SECONDS = 10;

/**
 * People's votes. A click is first written down, which takes a moment and no help of Slack's, then acknowledged, then counted;
 * whatever happens in between, it is counted once. Reactions are read again as a set.
 */
@Injectable()
export class Votes {
  constructor(
    private readonly transactions: Transactions,
    private readonly approvals: ApprovalStore,
    private readonly casts: CastVoteStore,
    private readonly store: VoteStore,
    private readonly ballot: Ballot,
    private readonly reactions: ReactionBallot,
    private readonly electorates: Electorates,
    private readonly redactor: Redactor,
    private readonly measures: ApprovalMeasures,
  ) {}

  /** Writes down what was clicked. After this it can't be lost. @throws UnknownApproval, ReasonWanted */
  async write(click: {
    approvalId: string;
    personId: string;
    choice: CastVote['choice'];
    reason?: string;
  }): Promise<CastVote> {
    const reason = this.redactor.text((click.reason ?? '').trim());
    if (click.choice === 'no' && reason === '') throw new ReasonWanted();
    const written = await this.casts.write({ ...click, reason: reason === '' ? null : reason });
    if (written === null) throw new UnknownApproval();
    return written;
  }

  /**
   * Counts what was written down, if nobody has yet. Who is eligible is looked up afresh.
   * @throws VoteKept when that can't be said right now: it is tried again
   */
  async count(cast: CastVote, also: Also = NOTHING): Promise<VoteOutcome> {
    try {
      const approval = await this.approvals.find(cast.approvalId);
      if (approval === null) throw new UnknownApproval();
      const electorate = await this.electorates.fresh(approval);
      const outcome = await this.transactions.run(async (tx) => {
        const counted = await this.ballot.count(tx, cast, electorate);
        await also(tx, counted);
        return counted;
      });
      if (outcome.kind === 'decided') this.measures.ended(outcome.approval);
      return outcome;
    } catch (error) {
      await this.casts.release(cast.id, AGAIN_SECONDS);
      throw new VoteKept(error);
    }
  }

  /** Counts what was clicked and is not counted yet, as far as that can be said now: before time is called. */
  async countWaiting(approvalId: string): Promise<void> {
    for (const cast of await this.casts.waiting(approvalId)) {
      try {
        await this.count(cast);
      } catch (error) {
        if (!(error instanceof VoteKept)) throw error;
      }
    }
  }

  /** A vote by the person's own act, written down and counted. @throws UnknownApproval, ReasonWanted, VoteKept */
  async vote(cast: { approvalId: string; voter: Person; choice: Choice; reason?: string }): Promise<VoteOutcome> {
    const { voter, ...click } = cast;
    return this.count(await this.write({ ...click, personId: voter.id }));
  }

  /**
   * Makes the votes by reaction those that `read` answers: a removed reaction withdraws its vote while it waits, votes by button
   * stay, everybody else's reactions are ignored. Of readings that overlap, the one that began last counts, so that a slow answer
   * never brings back a reaction that was removed meanwhile. @throws UnknownApproval
   */
  async recount(approvalId: string, read: () => Promise<ReactionSets>): Promise<Approval> {
    const reading = await this.store.beginReading(approvalId);
    const reactions = await read();
    const before = await this.approvals.find(approvalId);
    if (before === null) throw new UnknownApproval();
    const electorate = await this.electorates.fresh(before);
    const { approval, decided } = await this.transactions.run((tx) =>
      this.reactions.recount(tx, approvalId, { reading, reactions }, electorate),
    );
    if (decided) this.measures.ended(approval);
    return approval;
  }

  /** As {@link recount}, with reactions that were read just now. */
  syncReactions(approvalId: string, reactions: ReactionSets): Promise<Approval> {
    return this.recount(approvalId, () => Promise.resolve(reactions));
  }
}
