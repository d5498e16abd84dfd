import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import type { Person } from '../identity/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { type ApprovalNeed, ContentRules, Policy } from '../policy/index.js';
import { Redactor } from '../secrets/index.js';
import { digestOf, Ids } from '../shared/index.js';
import { type Exception, type ExceptionPlace, wakenBy } from './exception.js';
import { ExceptionStore } from './exception.store.js';
import { ExceptionJournal } from './exception-journal.js';
import { ExceptionMovedOn, ExceptionRefused, UnknownException } from './exceptions.errors.js';

const LISTED = 50;
/** How long a rule's owner has to answer. */
const ANSWER_SECONDS = 3 * 24 * 3600;
/** The longest exception there is: a rule that is wrong for longer is to be changed. */
export const LONGEST_HOURS = 30 * 24;

export interface ExceptionWish {
  readonly person: Person;
  readonly ruleId: string;
  readonly place: Omit<ExceptionPlace, 'personId'>;
  readonly reason: string;
  readonly hours: number;
  readonly traceId: string;
  /** The form it is asked for in, to go on there. */
  readonly draftId?: string;
  /** The same key is the same exception, however often it is sent. */
  readonly idempotencyKey: string;
}

/** Time-boxed waivers of one rule: asked for by whom it stops, decided by who owns it. */
@Injectable()
export class Exceptions {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ExceptionStore,
    private readonly rules: ContentRules,
    private readonly policy: Policy,
    private readonly approvals: Approvals,
    private readonly journal: ExceptionJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {}

  /** @throws ExceptionRefused when there is no such rule, or nobody could decide */
  async ask({ person, ruleId, place, hours, traceId, idempotencyKey, ...wish }: ExceptionWish): Promise<Exception> {
    const rule = this.rules.find(ruleId);
    if (rule === null) throw new ExceptionRefused('This rule is not in force any more. Look at the plan again.');
    if (!Number.isInteger(hours) || hours < 1 || hours > LONGEST_HOURS)
      throw new ExceptionRefused(`Choose between 1 and ${LONGEST_HOURS} hours. Nothing was asked for.`);
    const reason = this.redactor.text(wish.reason.trim());
    if (reason === '') throw new ExceptionRefused('Say why you need it; whoever decides reads it.');
    const need = this.policy.needLeadOf(rule.owner, person, ANSWER_SECONDS);
    if (need === null)
      throw new ExceptionRefused(
        `Nobody but you leads ${rule.owner}, which owns the rule. Ask the platform team; nothing was asked for.`,
      );
    const exception = await this.transactions.run(async (tx) => {
      const asked = await this.store.insert(tx, {
        ...{ ...place, id: this.ids.next('exc'), idempotencyKey, kind: 'rule', state: 'asked', ruleId },
        ...{ ruleTitle: rule.title, ownerTeamId: rule.owner, personId: person.id, reason, hours },
        ...{ incidentId: null, traceId, draftId: wish.draftId ?? null },
      });
      if (asked === null) return null;
      await this.openApproval(tx, asked, need);
      return asked;
    });
    return exception ?? this.byKey(idempotencyKey, person);
  }

  /** @throws UnknownException */
  async get(id: string): Promise<Exception> {
    const exception = await this.store.find(id);
    if (exception === null) throw new UnknownException('There is no such exception. `exceptions` lists what there is.');
    return exception;
  }

  /** Those that this person asked for, may decide on or may oversee, newest first. */
  async listFor(person: Person): Promise<Exception[]> {
    return (await this.store.open(LISTED)).filter((exception) => this.maySee(person, exception));
  }

  mayRevoke(person: Person, exception: Exception): boolean {
    if (exception.state !== 'active' && exception.state !== 'asked') return false;
    return exception.personId === person.id || this.isOwner(person, exception) || this.administers(person);
  }

  /** Ends it now. @throws UnknownException, ExceptionRefused, ExceptionMovedOn */
  async revoke({ id, person }: { id: string; person: Person }): Promise<Exception> {
    const before = await this.get(id);
    if (before.state === 'active' || before.state === 'asked') {
      if (!this.mayRevoke(person, before))
        throw new ExceptionRefused('Only whoever has it, the owners of the rule and administrators may end it.');
    }
    return this.transactions.run(async (tx) => {
      const revoked = await this.store.move(tx, id, ['active', 'asked'], 'revoked', [person.id]);
      if (revoked === null) throw new ExceptionMovedOn('This exception has ended already. Nothing was changed.');
      if (before.kind === 'rule') await this.approvals.cancel(tx, { kind: 'exception', id });
      const summary = `ended the exception from “${before.ruleTitle}”`;
      await this.journal.record(tx, revoked, { type: 'exception.revoked', by: person.id, summary });
      return revoked;
    });
  }

  private async openApproval(tx: Tx, asked: Exception, need: ApprovalNeed): Promise<void> {
    const { id, ruleId, ruleTitle, personId, teamId, environment, itemName, reason, hours } = asked;
    const approval = await this.approvals.open(tx, {
      subject: { kind: 'exception', id },
      digest: digestOf({ id, ruleId, personId, teamId, environment, itemName, hours }),
      need,
      requesterId: personId,
      title: `An exception from “${ruleTitle}” for ${hours} hours: ${itemName} for ${this.policy.teamTitle(teamId)} in ${environment}. Why: ${reason}`,
      wakes: wakenBy(id),
      traceId: asked.traceId,
    });
    await this.store.setApproval(tx, id, approval.id);
    const summary = `asked for an exception from “${ruleTitle}” for ${hours} hours: ${reason}`;
    await this.journal.record(tx, asked, { type: 'exception.asked', by: personId, summary });
  }

  private async byKey(key: string, person: Person): Promise<Exception> {
    const earlier = await this.store.findByKey(key);
    if (earlier?.personId !== person.id) throw new UnknownException('This was sent already. Nothing was changed.');
    return earlier;
  }

  private maySee(person: Person, exception: Exception): boolean {
    if (exception.personId === person.id || this.isOwner(person, exception)) return true;
    return this.administers(person) || this.policy.can(person, 'audit', { kind: 'audit' }).allowed;
  }

  private isOwner(person: Person, { ownerTeamId, teamId, kind }: Exception): boolean {
    const owner = kind === 'rule' ? ownerTeamId : teamId;
    return person.teams.some((team) => team.teamId === owner && team.relation === 'lead');
  }

  private administers(person: Person): boolean {
    return this.policy.can(person, 'administer', { kind: 'catalog' }).allowed;
  }
}
