import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/index.js';
import { Metrics } from '../observability/index.js';
import { Changes, Notices, type NoticeTemplate } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Resources } from '../resources/index.js';
import type { RequestFailure, RequestRecord, RequestState } from './request.js';
import { RequestStore } from './request.store.js';

const SYSTEM: AuditActor = { kind: 'system', id: 'orchestrator' };

/** The moves of a request on its way, for its workflow. Each is a compare-and-set; repeating one changes nothing. */
@Injectable()
export class RequestProgress {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly resources: Resources,
    private readonly changes: Changes,
    private readonly notices: Notices,
    private readonly audit: Audit,
    private readonly metrics: Metrics,
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
      await this.record(tx, request, SYSTEM, 'request.provisioning_started', 'is being made');
      return runId;
    });
  }

  /** `also` runs in the same transaction: the resource becomes active exactly when the request is ready. */
  async markReady(id: string, also: (tx: Tx, request: RequestRecord) => Promise<void>): Promise<void> {
    await this.settle(id, ['provisioning'], 'ready', {
      type: 'request.ready',
      summary: 'is ready',
      template: 'request-ready',
      also,
    });
  }

  async markFailed(id: string, failure: RequestFailure): Promise<void> {
    const also = (tx: Tx, request: RequestRecord): Promise<void> => this.resources.markFailed(tx, request.resourceId);
    await this.settle(id, ['provisioning', 'awaiting-approval'], 'failed', {
      type: 'request.failed',
      summary: `failed: ${failure.what}`,
      template: 'request-failed',
      failure,
      also,
    });
  }

  async markDenied(id: string, why: { reason: string; by: readonly string[] }): Promise<void> {
    const failure = {
      step: null,
      what: why.reason,
      undone: 'Nothing was made.',
      next: 'Talk to whoever denied it, or request it again with changes.',
    };
    const also = (tx: Tx, request: RequestRecord): Promise<void> => this.resources.markFailed(tx, request.resourceId);
    await this.settle(id, ['awaiting-approval'], 'denied', {
      type: 'request.denied',
      summary: `was denied: ${why.reason}`,
      template: 'request-denied',
      failure,
      also,
    });
  }

  async markExpired(id: string): Promise<void> {
    const failure = {
      step: null,
      what: 'Nobody who may approve it did so in time.',
      undone: 'Nothing was made.',
      next: 'Request it again, and tell an approver.',
    };
    const also = (tx: Tx, request: RequestRecord): Promise<void> => this.resources.markFailed(tx, request.resourceId);
    await this.settle(id, ['awaiting-approval'], 'expired', {
      type: 'request.expired',
      summary: 'expired without enough votes',
      template: 'request-expired',
      failure,
      also,
    });
  }

  /** Null when it does not wait any more. */
  async cancel(tx: Tx, id: string, personId: string): Promise<RequestRecord | null> {
    const request = await this.store.move(tx, id, ['awaiting-approval'], 'cancelled');
    if (request === null) return null;
    await this.resources.markFailed(tx, request.resourceId);
    this.count(request);
    await this.record(tx, request, { kind: 'person', id: personId }, 'request.cancelled', 'was cancelled');
    return request;
  }

  private async settle(
    id: string,
    from: readonly RequestState[],
    to: RequestState,
    how: {
      type: string;
      summary: string;
      template: NoticeTemplate;
      failure?: RequestFailure;
      also: (tx: Tx, request: RequestRecord) => Promise<void>;
    },
  ): Promise<void> {
    const settled = await this.transactions.run(async (tx) => {
      const request = await this.store.move(tx, id, from, to, how.failure ?? null);
      if (request === null) return null;
      await how.also(tx, request);
      await this.notices.post(tx, {
        key: `${how.template}:${id}`,
        to: { kind: 'person', personId: request.requesterId },
        template: how.template,
        data: {
          requestId: id,
          resourceId: request.resourceId,
          itemName: request.itemName,
          environment: request.environment,
          what: how.failure?.what ?? '',
          next: how.failure?.next ?? '',
        },
      });
      await this.record(tx, request, SYSTEM, how.type, how.summary);
      return request;
    });
    if (settled !== null) this.count(settled);
  }

  private count(request: RequestRecord): void {
    const { itemName: item, environment, state: outcome } = request;
    this.metrics.requests.inc({ item, environment, outcome });
    this.metrics.requestSeconds.observe(
      { item, outcome },
      ((request.settledAt?.getTime() ?? 0) - request.createdAt.getTime()) / 1000,
    );
  }

  private async record(
    tx: Tx,
    request: RequestRecord,
    actor: AuditActor,
    type: string,
    summary: string,
  ): Promise<void> {
    const { id, requesterId, traceId } = request;
    await this.changes.mark(tx, { kind: 'request', id }, { kind: 'person', id: requesterId });
    await this.audit.append(tx, { type, actor, subject: { kind: 'request', id }, traceId, summary });
  }
}
