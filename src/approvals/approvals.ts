import { Injectable } from '@nestjs/common';
import { IdentityRefused, People, type Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import type { SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids } from '../shared/index.js';
import { AbsenceStore } from './absence.store.js';
import type { Approval, Choice, OpenApproval, Via, VoteOutcome } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ReasonWanted, UnknownApproval } from './approvals.errors.js';
import { Ballot } from './ballot.js';
import { Electorates } from './electorates.js';
import { groupKeysOf } from './group-key.js';
import { ReactionBallot } from './reaction-ballot.js';
import type { ReactionSets } from './reactions.js';
import { VoteStore } from './vote.store.js';

const LISTED = 200;

/** Votes of people on exact arguments. The first commit decides; everything after it is told so and written down. */
@Injectable()
export class Approvals {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ApprovalStore,
    private readonly votes: VoteStore,
    private readonly ballot: Ballot,
    private readonly reactions: ReactionBallot,
    private readonly decisions: ApprovalDecisions,
    private readonly journal: ApprovalJournal,
    private readonly electorates: Electorates,
    private readonly absences: AbsenceStore,
    private readonly people: People,
    private readonly redactor: Redactor,
    private readonly metrics: Metrics,
    private readonly ids: Ids,
  ) {}

  async open(tx: Tx, wish: OpenApproval): Promise<Approval> {
    const approval = await this.store.insert(tx, this.ids.next('apr'), wish);
    await this.journal.record(tx, approval, {
      type: 'approval.asked',
      by: wish.requesterId,
      summary: `asked for approval: ${wish.need.describe}`,
    });
    return approval;
  }

  /** @throws UnknownApproval */
  async get(id: string): Promise<Approval> {
    const approval = await this.find(id);
    if (approval === null) throw new UnknownApproval();
    return approval;
  }

  find(id: string): Promise<Approval | null> {
    return this.store.find(id);
  }

  /** A vote by the person's own act. Who is eligible is looked up afresh. @throws UnknownApproval, ReasonWanted */
  async vote(cast: {
    approvalId: string;
    voter: Person;
    choice: Choice;
    via: Exclude<Via, 'standing'>;
    reason?: string;
  }): Promise<VoteOutcome> {
    const { approvalId, voter, choice, via } = cast;
    const reason = this.redactor.text((cast.reason ?? '').trim());
    if (choice === 'no' && via === 'button' && reason === '') throw new ReasonWanted();
    const electorate = await this.electorates.fresh(await this.get(approvalId));
    const vote = { personId: voter.id, choice, via, reason: reason === '' ? null : reason };
    const outcome = await this.transactions.run((tx) => this.ballot.cast(tx, approvalId, vote, electorate));
    if (outcome.kind === 'decided') this.measure(outcome.approval);
    return outcome;
  }

  /** Takes a vote back while it waits. @throws UnknownApproval */
  async takeBack({ approvalId, voter }: { approvalId: string; voter: Person }): Promise<VoteOutcome> {
    const electorate = await this.electorates.fresh(await this.get(approvalId));
    return this.transactions.run((tx) => this.ballot.takeBack(tx, approvalId, voter.id, electorate));
  }

  /**
   * Makes the votes by reaction those that `read` answers: a removed reaction withdraws its vote while it waits, votes by button
   * stay, everybody else's reactions are ignored. Of readings that overlap, the one that began last counts, so that a slow answer
   * never brings back a reaction that was removed meanwhile. @throws UnknownApproval
   */
  async recount(approvalId: string, read: () => Promise<ReactionSets>): Promise<Approval> {
    const reading = await this.votes.beginReading(approvalId);
    const reactions = await read();
    const electorate = await this.electorates.fresh(await this.get(approvalId));
    const { approval, decided } = await this.transactions.run((tx) =>
      this.reactions.recount(tx, approvalId, { reading, reactions }, electorate),
    );
    if (decided) this.measure(approval);
    return approval;
  }

  /** As {@link recount}, with reactions that were read just now. */
  syncReactions(approvalId: string, reactions: ReactionSets): Promise<Approval> {
    return this.recount(approvalId, () => Promise.resolve(reactions));
  }

  /** Ends the wait: whoever calls it knows that time is up. Answers how it stands, also when it was decided at the last moment. */
  async expire(approvalId: string): Promise<Approval> {
    const { approval, ended } = await this.transactions.run(async (tx) => {
      const { approval: before } = await this.store.lock(tx, approvalId);
      if (before.state !== 'waiting') return { approval: before, ended: false };
      const summary = 'expired without enough votes';
      return {
        approval: await this.decisions.settle(tx, before, { to: 'expired', by: [], reason: null, summary }),
        ended: true,
      };
    });
    if (ended) this.measure(approval);
    return approval;
  }

  /** Withdraws what still waits for the subject, in the caller's transaction. */
  async cancel(tx: Tx, subject: SubjectRef): Promise<void> {
    for (const id of await this.store.findWaiting(tx, subject)) {
      const { approval } = await this.store.lock(tx, id);
      if (approval.state === 'waiting')
        await this.decisions.settle(tx, approval, { to: 'cancelled', by: [], reason: null, summary: 'was withdrawn' });
    }
  }

  /** What waits for this person's vote, in their own right or in somebody's place, as far as is known without asking Slack. */
  async waitingFor(person: Person): Promise<Approval[]> {
    const away = await this.absences.delegatedTo(person.id);
    const principals = await Promise.all(away.map(({ personId }) => this.known(personId)));
    const keys = [person, ...principals.flat()].flatMap((one) => groupKeysOf(one, this.people.managedBy(one)));
    const waiting = await this.store.waitingFor(keys, person.id, LISTED);
    return waiting.filter(({ votes }) => !votes.some(({ personId }) => personId === person.id));
  }

  /** Nobody, when they left meanwhile. */
  private async known(personId: string): Promise<Person[]> {
    try {
      return [await this.people.get(personId)];
    } catch (error) {
      if (error instanceof IdentityRefused) return [];
      throw error;
    }
  }

  private measure({ state: outcome, createdAt, decidedAt }: Approval): void {
    this.metrics.approvals.inc({ outcome });
    if (decidedAt !== null)
      this.metrics.approvalSeconds.observe({ outcome }, (decidedAt.getTime() - createdAt.getTime()) / 1000);
  }
}
