import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import type { Person } from '../identity/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { ActiveIncidents, type ApprovalNeed, type IncidentFact, type Permission, Policy } from '../policy/index.js';
import { Redactor } from '../secrets/index.js';
import { digestOf, Ids } from '../shared/index.js';
import { type Exception, type ExceptionPlace, wakenBy } from './exception.js';
import { ExceptionStore } from './exception.store.js';
import { ExceptionJournal } from './exception-journal.js';
import { ExceptionRefused } from './exceptions.errors.js';

/** The glass stays broken this long. What is requested meanwhile lives no longer than a short lease. */
const OPEN_HOURS = 4;
const REVIEW_SECONDS = 7 * 24 * 3600;

export interface GlassWish {
  readonly person: Person;
  readonly place: Omit<ExceptionPlace, 'personId'>;
  readonly incidentId: string;
  readonly reason: string;
  readonly traceId: string;
  readonly idempotencyKey: string;
}

/** On-call in an open incident: no approval and no rule on content stands in the way, everybody hears of it, and somebody looks at it afterwards. */
@Injectable()
export class BreakGlass {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ExceptionStore,
    private readonly policy: Policy,
    private readonly incidents: ActiveIncidents,
    private readonly approvals: Approvals,
    private readonly notices: Notices,
    private readonly journal: ExceptionJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {}

  /** Whether this person may, at this moment; with the rule's own words if not. */
  async may(person: Person, place: Omit<ExceptionPlace, 'personId'>): Promise<Permission> {
    const { teamId, environment, itemName } = place;
    const ruled = this.policy.can(person, 'break-glass', { kind: 'request', teamId, environment, itemName });
    if (!ruled.allowed) return ruled;
    const unreviewed = await this.store.unreviewed(person.id);
    if (unreviewed !== null)
      return { allowed: false, reason: `The last time you broke the glass (${unreviewed.id}) has not been reviewed.` };
    if ((await this.incidents.open()).length > 0) return ruled;
    return { allowed: false, reason: 'The glass is for incidents, and none is open. Declare one first.' };
  }

  openIncidents(): Promise<readonly IncidentFact[]> {
    return this.incidents.open();
  }

  /** @throws ExceptionRefused */
  async break({ person, place, incidentId, traceId, idempotencyKey, ...wish }: GlassWish): Promise<Exception> {
    const { allowed, reason: refusal } = await this.may(person, place);
    if (!allowed) throw new ExceptionRefused(`${refusal} Nothing was changed.`);
    const incident = (await this.incidents.open()).find(({ id }) => id === incidentId);
    if (incident === undefined) throw new ExceptionRefused('This incident is over. Nothing was changed.');
    const reason = this.redactor.text(wish.reason.trim());
    if (reason === '') throw new ExceptionRefused('Say why; whoever reviews it reads it. Nothing was changed.');
    const need = this.policy.needLeadOf(place.teamId, person, REVIEW_SECONDS);
    if (need === null)
      throw new ExceptionRefused(
        `Nobody but you leads ${this.policy.teamTitle(place.teamId)}, so nobody could review it. Nothing was changed.`,
      );
    const broken = await this.transactions.run(async (tx) => {
      const exception = await this.store.insert(tx, {
        ...{ ...place, id: this.ids.next('exc'), idempotencyKey, kind: 'break-glass', state: 'active', ruleId: null },
        ...{ ruleTitle: 'Break glass', ownerTeamId: place.teamId, personId: person.id, reason, hours: OPEN_HOURS },
        ...{ incidentId, traceId, draftId: null },
      });
      if (exception === null) return null;
      await this.askForReview(tx, exception, need);
      await this.tellEverybody(tx, exception);
      const summary = `broke the glass in ${incidentId} for ${place.itemName} in ${place.environment}: ${reason}`;
      await this.journal.record(tx, exception, { type: 'exception.glass_broken', by: person.id, summary });
      return exception;
    });
    const exception = broken ?? (await this.store.findByKey(idempotencyKey));
    if (exception?.personId !== person.id) throw new ExceptionRefused('This was sent already. Nothing was changed.');
    return exception;
  }

  private async askForReview(tx: Tx, exception: Exception, need: ApprovalNeed): Promise<void> {
    const { id, personId, teamId, environment, itemName, reason, incidentId, traceId } = exception;
    const approval = await this.approvals.open(tx, {
      subject: { kind: 'exception', id },
      digest: digestOf({ id, personId, teamId, environment, itemName }),
      need,
      requesterId: personId,
      title: `Review: the glass was broken in ${incidentId ?? 'an incident'} for ${itemName} in ${environment}. ${reason}`,
      wakes: wakenBy(id),
      traceId,
    });
    await this.store.setApproval(tx, id, approval.id);
  }

  /** Where the incident is dealt with, and where the team is. The audit channel has it anyhow. */
  private async tellEverybody(
    tx: Tx,
    { id, personId, teamId, environment, itemName, reason, incidentId }: Exception,
  ): Promise<void> {
    const teamTitle = this.policy.teamTitle(teamId);
    const data = { exceptionId: id, personId, teamId, teamTitle, environment, itemName, reason, hours: OPEN_HOURS };
    const thread = { kind: 'thread', subject: { kind: 'incident', id: incidentId ?? '' } } as const;
    await this.notices.post(tx, { key: `glass:${id}:incident`, to: thread, template: 'glass-broken', data });
    const channel = { kind: 'channel', channel: this.policy.team(teamId).channel } as const;
    await this.notices.post(tx, { key: `glass:${id}:team`, to: channel, template: 'glass-broken', data });
  }
}
