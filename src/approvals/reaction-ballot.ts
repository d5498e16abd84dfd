import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import type { Approval, Choice } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { Ballot } from './ballot.js';
import type { Electorate } from './electorate.js';
import { placeOf } from './place.js';
import { lateReactions, type ReactionSets, reactionChoices } from './reactions.js';
import { countedVotes } from './tally.js';
import { VoteStore } from './vote.store.js';
import { refusedBriefly } from './vote-words.js';

/** Makes the votes by reaction those that a reading of the reactions says, under the lock of their approval. */
@Injectable()
export class ReactionBallot {
  constructor(
    private readonly store: ApprovalStore,
    private readonly votes: VoteStore,
    private readonly ballot: Ballot,
    private readonly decisions: ApprovalDecisions,
    private readonly journal: ApprovalJournal,
  ) {}

  /** Answers how it stands, and whether this decided it. */
  async recount(
    tx: Tx,
    approvalId: string,
    { reading, reactions }: { reading: string; reactions: ReactionSets },
    electorate: Electorate,
  ): Promise<{ approval: Approval; decided: boolean }> {
    const { approval, expired } = await this.store.lock(tx, approvalId);
    if (!(await this.votes.takeReading(tx, approvalId, reading))) return { approval, decided: false };
    const choices = reactionChoices(reactions);
    if (approval.state !== 'waiting' || expired) {
      await this.noteLate(tx, approval, choices, electorate);
      return { approval, decided: false };
    }
    await this.withdraw(tx, approval, choices);
    const after = await this.count(tx, approvalId, choices, electorate);
    if (after.state !== 'waiting') return { approval: after, decided: true };
    await this.noteRefused(tx, after, choices, electorate);
    return { approval: after, decided: false };
  }

  /** Pass after pass: who reacted early counts when their stage begins, if the reaction is still there. */
  private async count(
    tx: Tx,
    approvalId: string,
    choices: ReadonlyMap<string, Choice>,
    electorate: Electorate,
  ): Promise<Approval> {
    for (;;) {
      const placed = await this.place(tx, approvalId, choices, electorate);
      const after = await this.decisions.weigh(tx, approvalId, electorate);
      if (after.state !== 'waiting' || !placed) return after;
    }
  }

  /** Each vote is placed with those before it in sight, so that two reactions never take the same person's place. */
  private async place(
    tx: Tx,
    approvalId: string,
    choices: ReadonlyMap<string, Choice>,
    electorate: Electorate,
  ): Promise<boolean> {
    let { approval } = await this.store.lock(tx, approvalId);
    let placed = false;
    for (const [personId, choice] of choices) {
      const isIn = countedVotes(approval, electorate).some((one) => one.personId === personId && one.choice === choice);
      const place = isIn ? null : placeOf(personId, choice, approval, electorate);
      if (place?.kind !== 'here') continue;
      await this.ballot.put(tx, approval, { personId, choice, via: 'reaction', reason: null }, place);
      ({ approval } = await this.store.lock(tx, approvalId));
      placed = true;
    }
    return placed;
  }

  private async withdraw(tx: Tx, approval: Approval, choices: ReadonlyMap<string, Choice>): Promise<void> {
    for (const { personId, via } of approval.votes) {
      if (via !== 'reaction' || choices.has(personId)) continue;
      await this.ballot.remove(tx, approval, personId, 'has no vote by reaction any more');
    }
  }

  /** Others' reactions are left alone, and the card says why they don't count. */
  private async noteRefused(
    tx: Tx,
    approval: Approval,
    choices: ReadonlyMap<string, Choice>,
    electorate: Electorate,
  ): Promise<void> {
    let changed = await this.votes.forgetRefusedReactions(tx, approval.id, [...choices.keys()]);
    const counted = new Set(countedVotes(approval, electorate).map(({ personId }) => personId));
    for (const [personId, choice] of choices) {
      if (counted.has(personId)) continue;
      const place = placeOf(personId, choice, approval, electorate);
      if (place.kind === 'here' || place.kind === 'counted-before') continue;
      const refused = { personId, via: 'reaction' as const, why: refusedBriefly(place) };
      changed = (await this.votes.noteRefused(tx, approval.id, refused)) || changed;
    }
    if (changed) await this.journal.mark(tx, approval);
  }

  private async noteLate(
    tx: Tx,
    approval: Approval,
    choices: ReadonlyMap<string, Choice>,
    electorate: Electorate,
  ): Promise<void> {
    const asked = new Map(
      [...choices].filter(([personId, choice]) => {
        const { kind } = placeOf(personId, choice, approval, electorate);
        return kind === 'here' || kind === 'counted-before' || kind === 'not-yet';
      }),
    );
    for (const late of lateReactions(approval.votes, asked)) await this.ballot.noteLate(tx, approval, late);
  }
}
