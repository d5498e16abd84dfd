import { Injectable } from '@nestjs/common';
import { Notices, type NoticeTemplate } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Resources } from '../resources/index.js';
import type { RequestFailure, RequestRecord, RequestState } from './request.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';

interface Ending {
  readonly from: readonly RequestState[];
  readonly to: 'ready' | 'failed' | 'denied' | 'expired' | 'cancelled';
  readonly summary: string;
  readonly failure?: RequestFailure;
  /** In the same transaction. */
  readonly also: (tx: Tx, request: RequestRecord) => Promise<void>;
}

/** The moves of a request on its way, for its workflow. Each is a compare-and-set; repeating one changes nothing. */
@Injectable()
export class RequestProgress {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly resources: Resources,
    private readonly notices: Notices,
    private readonly journal: RequestJournal,
  ) {}

  /** Gives the request its run, once: `makeRun` is called in the same transaction. Null when it isn't to be run (any more). */
  async startProvisioning(
    id: string,
    makeRun: (tx: Tx, request: RequestRecord) => Promise<string>,
  ): Promise<string | null> {
    return this.transactions.run(async (tx) => {
      const request = await this.store.lock(tx, id);
      if (request.runId !== null) return request.runId;
      if (request.state !== 'awaiting-approval' && request.state !== 'provisioning') return null;
      const runId = await makeRun(tx, request);
      await this.store.setRun(tx, id, runId);
      await this.store.move(tx, id, ['awaiting-approval'], 'provisioning');
      await this.journal.record(tx, request, {
        type: 'request.provisioning_started',
        by: null,
        summary: 'is being made',
        data: { runId },
      });
      return runId;
    });
  }

  /** `also` runs in the same transaction: the resource becomes active exactly when the request is ready. */
  async markReady(id: string, also: (tx: Tx, request: RequestRecord) => Promise<void>): Promise<void> {
    await this.end(id, { from: ['provisioning'], to: 'ready', summary: 'is ready', also });
  }

  /** It stopped half-way and stays so for a while, for somebody to look at. */
  async markHalted(id: string, runId: string, failure: RequestFailure, hours: number): Promise<void> {
    await this.transactions.run(async (tx) => {
      const request = await this.store.halt(tx, id, runId, failure, hours);
      if (request === null) return;
      await this.tell(tx, request, 'request-halted', runId);
      const summary = `stopped half-way and is kept for inspection: ${failure.what}`;
      await this.journal.record(tx, request, { type: 'request.halted', by: null, summary, data: { runId } });
    });
  }

  /** Somebody stopped it while it was made. */
  async markCancelled(id: string, failure: RequestFailure): Promise<void> {
    const summary = `was cancelled: ${failure.what}`;
    await this.end(id, { from: ['provisioning'], to: 'cancelled', summary, failure, also: this.giveUp });
  }

  async markFailed(id: string, failure: RequestFailure): Promise<void> {
    const from: RequestState[] = ['provisioning', 'awaiting-approval', 'halted'];
    await this.end(id, { from, to: 'failed', summary: `failed: ${failure.what}`, failure, also: this.giveUp });
  }

  async markDenied(id: string, why: { reason: string; by: readonly string[] }): Promise<void> {
    const next = 'Talk to whoever denied it, or request it again with changes.';
    await this.end(id, {
      from: ['awaiting-approval'],
      to: 'denied',
      summary: `was denied: ${why.reason}`,
      failure: { step: null, what: why.reason, undone: 'Nothing was made.', next },
      also: this.giveUp,
    });
  }

  async markExpired(id: string): Promise<void> {
    const what = 'Nobody who may approve it did so in time.';
    const next = 'Request it again, and tell an approver.';
    await this.end(id, {
      from: ['awaiting-approval'],
      to: 'expired',
      summary: 'expired without enough votes',
      failure: { step: null, what, undone: 'Nothing was made.', next },
      also: this.giveUp,
    });
  }

  /** Nothing was made of what was meant to be. */
  private readonly giveUp = (tx: Tx, request: RequestRecord): Promise<void> =>
    this.resources.markFailed(tx, request.resourceId);

  private async end(id: string, { from, to, summary, failure, also }: Ending): Promise<void> {
    const ended = await this.transactions.run(async (tx) => {
      const request = await this.store.move(tx, id, from, to, failure ?? null);
      if (request === null) return null;
      await also(tx, request);
      await this.tell(tx, request, `request-${to}`);
      await this.journal.record(tx, request, { type: `request.${to}`, by: null, summary });
      return request;
    });
    if (ended !== null) this.journal.measure(ended);
  }

  private async tell(tx: Tx, request: RequestRecord, template: NoticeTemplate, time = ''): Promise<void> {
    const { id, requesterId, resourceId, itemName, environment, failure } = request;
    const resource = await this.resources.find(resourceId, tx);
    await this.notices.post(tx, {
      key: `${template}:${id}${time === '' ? '' : `:${time}`}`,
      to: { kind: 'person', personId: requesterId },
      template,
      data: {
        requestId: id,
        resourceId,
        itemName,
        environment,
        title: resource?.title ?? '',
        hasCredentials: resource?.secretRef != null,
        what: failure?.what ?? '',
        next: failure?.next ?? '',
      },
    });
  }
}
