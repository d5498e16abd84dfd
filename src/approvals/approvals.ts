import { Injectable } from '@nestjs/common';
import { IdentityRefused, People, type Person } from '../identity/index.js';
import type { SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Ids } from '../shared/index.js';
import { AbsenceStore } from './absence.store.js';
import type { Approval, OpenApproval } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ApprovalMeasures } from './approval-measures.js';
import { UnknownApproval } from './approvals.errors.js';
import { groupKeysOf } from './group-key.js';
import { RecentAnswers } from './recent-answers.js';
import { Votes } from './votes.js';

const LISTED = 200;

/** Votes of people on exact arguments. The first commit decides; everything after it is told so and written down. */
@Injectable()
export class Approvals {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ApprovalStore,
    private readonly votes: Votes,
    private readonly decisions: ApprovalDecisions,
    private readonly journal: ApprovalJournal,
    private readonly absences: AbsenceStore,
    private readonly people: People,
    private readonly recent: RecentAnswers,
    private readonly measures: ApprovalMeasures,
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

  /** Ends the wait: whoever calls it knows that time is up. Answers how it stands, also when it was decided at the last moment. */
  async expire(approvalId: string): Promise<Approval> {
    await this.votes.countWaiting(approvalId);
    const { approval, ended } = await this.transactions.run(async (tx) => {
      const { approval: before } = await this.store.lock(tx, approvalId);
      if (before.state !== 'waiting') return { approval: before, ended: false };
      const summary = 'expired without enough votes';
      return {
        approval: await this.decisions.settle(tx, before, { to: 'expired', by: [], reason: null, summary }),
        ended: true,
      };
    });
    if (ended) this.measures.ended(approval);
    return approval;
  }

  /** Withdraws what still waits for the subject, in the caller's transaction; `reason` is said on the card. */
  async cancel(tx: Tx, subject: SubjectRef, reason: string | null = null): Promise<void> {
    for (const id of await this.store.findWaiting(tx, subject)) {
      const { approval } = await this.store.lock(tx, id);
      if (approval.state !== 'waiting') continue;
      const { length } = approval.votes;
      const votes = length === 0 ? '' : `, with ${length} vote${length === 1 ? '' : 's'}`;
      await this.decisions.settle(tx, approval, { to: 'cancelled', by: [], reason, summary: `was withdrawn${votes}` });
    }
  }

  /** Somebody came, left or moved: the cards of what waits say who may vote now. What was decided stays. */
  async peopleChanged(): Promise<void> {
    this.people.forgetAll();
    this.recent.forgetAll();
    const ids = await this.store.waiting(LISTED);
    await this.transactions.run((tx) => this.journal.markAll(tx, ids));
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
}
