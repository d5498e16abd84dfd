import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/index.js';
import type { Person } from '../identity/index.js';
import { Changes, Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Policy } from '../policy/index.js';
import { QuotaWaits } from '../quotas/index.js';
import { Ids } from '../shared/index.js';
import { Drafts } from './drafts.js';
import { PreviewRequest } from './preview-request.js';
import { QueueStore } from './queue.store.js';
import type { QueuedRequest } from './queued-request.js';
import { PlanChanged, RequestForbidden, RequestMovedOn, RequestRefused, UnknownRequest } from './requests.errors.js';
import { isQueueable } from './wish-limits.js';

const QUEUE: AuditActor = { kind: 'system', id: 'queue' };

export interface QueuePlace {
  readonly queued: QueuedRequest;
  /** How many come before. */
  readonly ahead: number;
}

/** The queue for quota: who waits, in which order, and how it ended. */
@Injectable()
export class RequestQueue {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: QueueStore,
    private readonly waits: QuotaWaits,
    private readonly drafts: Drafts,
    private readonly previews: PreviewRequest,
    private readonly policy: Policy,
    private readonly changes: Changes,
    private readonly notices: Notices,
    private readonly audit: Audit,
    private readonly ids: Ids,
  ) {}

  /**
   * Queues what the person looked at. A second time it answers with the first place. Null: nothing is in the way any more, send it.
   * @throws DraftGone, PlanChanged, RequestRefused when waiting would not help
   */
  async join(wish: { draftId: string; person: Person; traceId: string }): Promise<QueuePlace | null> {
    const { draftId, person, traceId } = wish;
    const draft = await this.drafts.get(draftId, person.id);
    const earlier = await this.store.findByKey(draftId);
    if (earlier !== null) return this.placeOf(earlier);
    const { item, plan } = await this.previews.preview({ ...draft, person });
    if (plan.decision.outcome !== 'deny') return null;
    if (!isQueueable(plan)) throw new RequestRefused(plan.decision);
    if (plan.digest !== draft.planDigest) throw new PlanChanged(plan);
    const { id: _id, version: _version, form: _form, personId, planDigest, ...content } = draft;
    const wants = Object.fromEntries(plan.quota.map(({ unit, wants: amount }) => [unit, amount]));
    const { teamId, environment, itemName } = content;
    const entry = { id: this.ids.next('que'), idempotencyKey: draftId, title: item.title, content, wants, traceId };
    const queued = await this.transactions.run(async (tx) => {
      const row = await this.store.insert(tx, { ...entry, personId, teamId, environment, itemName, planDigest });
      if (row === null) return null;
      await this.waits.join(tx, row.id, row, wants);
      await this.record(
        tx,
        row,
        { kind: 'person', id: personId },
        'request.queued',
        `queued for ${item.title}: ${words(wants)}`,
      );
      return row;
    });
    return this.placeOf(queued ?? (await this.first(draftId)));
  }

  /** Those of a person that wait, the oldest first. */
  async waitingOf(person: Person): Promise<QueuePlace[]> {
    const all = await this.store.waitingOf(person.id);
    return Promise.all(all.map((queued) => this.placeOf(queued)));
  }

  /** @throws UnknownRequest, also for those who may not see it */
  async getFor(id: string, person: Person): Promise<QueuePlace> {
    const queued = await this.store.find(id);
    if (queued === null || !this.may(person, 'view', queued).allowed) throw new UnknownRequest();
    return this.placeOf(queued);
  }

  /** Gives the place up. @throws UnknownRequest, RequestForbidden, RequestMovedOn */
  async cancel({ id, person }: { id: string; person: Person }): Promise<QueuedRequest> {
    const queued = await this.store.find(id);
    if (queued === null) throw new UnknownRequest();
    const { allowed, reason } = this.may(person, 'cancel', queued);
    if (!allowed) throw new RequestForbidden(`${reason} Nothing was changed.`);
    const cancelled = await this.transactions.run(async (tx) => {
      const row = await this.store.move(tx, id, ['waiting'], 'cancelled');
      if (row === null) return null;
      await this.waits.leave(tx, id);
      await this.record(tx, row, { kind: 'person', id: person.id }, 'request.queue_left', 'left the queue');
      return row;
    });
    if (cancelled === null)
      throw new RequestMovedOn(
        'This does not wait in the queue any more. Nothing was changed; `status` says what became of it.',
      );
    return cancelled;
  }

  /** It became a request. */
  async opened(id: string, requestId: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const row = await this.store.move(tx, id, ['opening'], 'opened', { requestId });
      if (row === null) return;
      await this.waits.leave(tx, id);
      await this.tell(
        tx,
        row,
        `Enough was returned: your queued ${row.title} in ${row.environment} is on its way now, as \`${requestId}\`.`,
      );
      await this.record(tx, row, QUEUE, 'request.queue_opened', `was opened from the queue as ${requestId}`);
    });
  }

  /** It can't become one, or waited too long: the person is told why. */
  async ended(id: string, to: 'refused' | 'expired', why: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const row = await this.store.move(tx, id, to === 'expired' ? ['waiting'] : ['opening', 'waiting'], to, {
        outcome: why,
      });
      if (row === null) return;
      await this.waits.leave(tx, id);
      await this.tell(
        tx,
        row,
        `Your queued ${row.title} in ${row.environment} was not opened. ${why} Request it again if you still need it.`,
      );
      await this.record(tx, row, QUEUE, `request.queue_${to}`, `was not opened from the queue: ${why}`);
    });
  }

  private async placeOf(queued: QueuedRequest): Promise<QueuePlace> {
    return { queued, ahead: await this.store.ahead(queued) };
  }

  private async first(key: string): Promise<QueuedRequest> {
    const queued = await this.store.findByKey(key);
    if (queued === null) throw new UnknownRequest();
    return queued;
  }

  private may(person: Person, verb: 'view' | 'cancel', queued: QueuedRequest): { allowed: boolean; reason: string } {
    const { id, teamId, environment, itemName, personId: ownerId } = queued;
    return this.policy.can(person, verb, { kind: 'request', id, teamId, environment, itemName, ownerId });
  }

  private async tell(tx: Tx, { id, personId }: QueuedRequest, text: string): Promise<void> {
    await this.notices.post(tx, {
      key: `queue-ended:${id}`,
      to: { kind: 'person', personId },
      template: 'plain',
      data: { text },
    });
  }

  private async record(tx: Tx, queued: QueuedRequest, actor: AuditActor, type: string, summary: string): Promise<void> {
    const { id, personId, traceId, itemName, teamId, environment } = queued;
    await this.changes.mark(tx, { kind: 'person', id: personId });
    await this.audit.append(tx, {
      type,
      actor,
      subject: { kind: 'request', id },
      traceId,
      summary,
      data: { itemName, teamId, environment },
    });
  }
}

function words(wants: Readonly<Record<string, number>>): string {
  return Object.entries(wants)
    .map(([unit, amount]) => `${amount} ${unit}`)
    .join(', ');
}
