import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { IdentityRefused, People, type Person } from '../identity/index.js';
import { Changes, Notices, type SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { currentTraceId } from '../platform/logging/index.js';
import { Clock, Ids } from '../shared/index.js';
import { type Absence, AbsenceStore } from './absence.store.js';
import { ApprovalStore } from './approval.store.js';
import { AbsenceRefused } from './approvals.errors.js';
import { groupKeysOf } from './group-key.js';
import { RecentAnswers, WHO_IS_AWAY } from './recent-answers.js';

const LONGEST_DAYS = 366;
const DAY_MILLISECONDS = 86_400_000;
/** Whose cards follow at once; those of the rest when something else changes. */
const CARDS_AT_ONCE = 200;

/** Who is away until when, and who stands in for them. A stand-in's vote counts for whoever is away; it is never passed on. */
@Injectable()
export class Absences {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: AbsenceStore,
    private readonly approvals: ApprovalStore,
    private readonly people: People,
    private readonly recent: RecentAnswers,
    private readonly changes: Changes,
    private readonly notices: Notices,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Null when they are not away. */
  find(personId: string): Promise<Absence | null> {
    return this.store.find(personId);
  }

  /** In whose place this person may vote now. */
  standsInFor(personId: string): Promise<Absence[]> {
    return this.store.delegatedTo(personId);
  }

  /** Begins now; a second one takes the place of the first. @throws AbsenceRefused */
  async begin(wish: { person: Person; delegate: Person | null; endsAt: Date }): Promise<Absence> {
    const { person, delegate, endsAt } = wish;
    const lasts = endsAt.getTime() - this.clock.now().getTime();
    if (lasts <= 0) throw new AbsenceRefused('That time is over already. Nothing was changed; name a later one.');
    if (lasts > LONGEST_DAYS * DAY_MILLISECONDS)
      throw new AbsenceRefused('That is more than a year. Nothing was changed; name an earlier day.');
    if (delegate?.id === person.id)
      throw new AbsenceRefused('Nobody stands in for themselves. Nothing was changed; name somebody else.');
    if (delegate !== null && (await this.store.find(delegate.id)) !== null)
      throw new AbsenceRefused(
        'That person is away, too, and a place is not passed on. Nothing was changed; name somebody else.',
      );
    const marks = await this.concerned(person);
    return this.changing(async (tx) => {
      const id = this.ids.next('abs');
      const absence = await this.store.begin(tx, {
        id,
        personId: person.id,
        delegateId: delegate?.id ?? null,
        endsAt,
      });
      if (delegate !== null) await this.tell(tx, id, delegate.id, person.id, endsAt);
      const standIn = delegate === null ? '' : `; ${delegate.id} stands in`;
      await this.record(tx, person.id, person.id, marks, `is away until ${endsAt.toISOString()}${standIn}`);
      return absence;
    });
  }

  /** Null when they were not away. */
  async end(person: Person): Promise<Absence | null> {
    const marks = await this.concerned(person);
    return this.changing(async (tx) => {
      const ended = await this.store.end(tx, person.id);
      if (ended !== null) await this.record(tx, person.id, person.id, marks, 'is back');
      return ended;
    });
  }

  /** Ends those whose time is over by the database's clock, so that cards and lists follow. */
  async endOverdue(): Promise<void> {
    for (const personId of await this.store.overdue()) {
      const marks = await this.known(personId).then((person) => (person === null ? [] : this.concerned(person)));
      await this.changing(async (tx) => {
        if (await this.store.endIfOverdue(tx, personId)) await this.record(tx, null, personId, marks, 'is back');
      });
    }
  }

  private async changing<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const done = await this.transactions.run(work);
    this.recent.forget(WHO_IS_AWAY);
    return done;
  }

  private async tell(tx: Tx, id: string, delegateId: string, personId: string, endsAt: Date): Promise<void> {
    await this.notices.post(tx, {
      key: `stand-in:${id}:${delegateId}`,
      to: { kind: 'person', personId: delegateId },
      template: 'stand-in',
      data: { personId, endsAt: endsAt.toISOString() },
    });
  }

  private async record(
    tx: Tx,
    by: string | null,
    personId: string,
    marks: readonly SubjectRef[],
    summary: string,
  ): Promise<void> {
    await this.changes.mark(tx, ...marks, { kind: 'person', id: personId });
    await this.audit.append(tx, {
      type: summary === 'is back' ? 'absence.ended' : 'absence.began',
      actor: by === null ? { kind: 'system', id: 'approvals' } : { kind: 'person', id: by },
      subject: { kind: 'person', id: personId },
      traceId: currentTraceId() ?? 'none',
      summary,
    });
  }

  /** The approvals whose cards say who is away. */
  private async concerned(person: Person): Promise<SubjectRef[]> {
    const keys = groupKeysOf(person, this.people.managedBy(person));
    const waiting = await this.approvals.waitingFor(keys, person.id, CARDS_AT_ONCE);
    return waiting.map(({ id }) => ({ kind: 'approval', id }));
  }

  private async known(personId: string): Promise<Person | null> {
    try {
      return await this.people.get(personId);
    } catch (error) {
      if (error instanceof IdentityRefused) return null;
      throw error;
    }
  }
}
