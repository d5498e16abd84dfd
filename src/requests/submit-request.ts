import { Injectable } from '@nestjs/common';
import { type Approval, Approvals } from '../approvals/index.js';
import { Audit } from '../audit/index.js';
import { type CatalogItem, Expressions } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import { Changes } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { Resources } from '../resources/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids } from '../shared/index.js';
import { Drafts } from './drafts.js';
import type { Plan } from './plan.js';
import { PreviewRequest, type Wish } from './preview-request.js';
import type { RequestRecord } from './request.js';
import { RequestStore } from './request.store.js';
import { PlanChanged, PlanImpossible, RequestRefused } from './requests.errors.js';

export interface Submission extends Wish {
  /** The same key is the same request, however often it is sent. */
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly originChannelId: string | null;
}

/**
 * Takes a wish: authorize → evaluate policy → plan → one transaction that writes the request, the resource that is meant to be,
 * the approval if one is needed, the workflow that fulfils it, the marks for its cards and the audit event.
 */
@Injectable()
export class SubmitRequest {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly drafts: Drafts,
    private readonly previews: PreviewRequest,
    private readonly approvals: Approvals,
    private readonly resources: Resources,
    private readonly expressions: Expressions,
    private readonly durable: Durable,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly redactor: Redactor,
    private readonly metrics: Metrics,
  ) {}

  /** Sends what the person looked at. A second time it answers with the first request. @throws DraftGone, PlanChanged and those of {@link submit} */
  async submitDraft({
    draftId,
    person,
    traceId,
  }: {
    draftId: string;
    person: Person;
    traceId: string;
  }): Promise<RequestRecord> {
    const draft = await this.drafts.get(draftId, person.id);
    return this.submit({ ...draft, person, traceId, idempotencyKey: draftId }, draft.planDigest ?? undefined);
  }

  /** @throws InvalidParameters, RequestRefused, PlanImpossible, PlanChanged when `expectedDigest` is given and another plan came out */
  async submit(submission: Submission, expectedDigest?: string): Promise<RequestRecord> {
    const earlier = await this.store.findByKey(submission.idempotencyKey);
    if (earlier !== null) return earlier;
    const { item, plan } = await this.previews.preview(submission);
    this.metrics.decisions.inc({ outcome: plan.decision.outcome });
    if (plan.decision.outcome === 'deny') return this.refuse(submission, plan);
    if (plan.changes.some((change) => change.kind === 'cannot')) throw new PlanImpossible(plan);
    if (expectedDigest !== undefined && plan.digest !== expectedDigest) throw new PlanChanged(plan);
    return this.transactions.run((tx) => this.persist(tx, submission, item, plan));
  }

  private async persist(tx: Tx, submission: Submission, item: CatalogItem, plan: Plan): Promise<RequestRecord> {
    const ids = { id: this.ids.next('req'), resourceId: this.ids.next('res') };
    const need = plan.decision.approval;
    const request = await this.store.insert(tx, {
      ...ids,
      idempotencyKey: submission.idempotencyKey,
      state: need === undefined ? 'provisioning' : 'awaiting-approval',
      requesterId: submission.person.id,
      reason: this.redactor.text(submission.reason),
      originChannelId: submission.originChannelId,
      traceId: submission.traceId,
      plan,
    });
    if (request === null) return this.store.getByKey(tx, submission.idempotencyKey);
    await this.registerResource(tx, request, item);
    const approval = need === undefined ? null : await this.openApproval(tx, request, item);
    await this.durable.enqueue(tx, {
      workflow: 'fulfil-request',
      id: workflowIdOf(request.id),
      args: [request.id],
      queue: 'requests',
    });
    await this.changes.mark(tx, { kind: 'request', id: request.id }, { kind: 'person', id: request.requesterId });
    await this.audit.append(tx, {
      type: 'request.submitted',
      actor: { kind: 'person', id: request.requesterId },
      subject: { kind: 'request', id: request.id },
      traceId: request.traceId,
      summary: `requested ${item.title} for ${request.teamId} in ${request.environment}`,
      data: {
        item: plan.item,
        planDigest: plan.digest,
        outcome: plan.decision.outcome,
        rules: plan.decision.reasons.map((reason) => reason.rule),
        approvalId: approval?.id ?? null,
      },
    });
    return approval === null ? request : { ...request, approvalId: approval.id };
  }

  private async registerResource(tx: Tx, request: RequestRecord, item: CatalogItem): Promise<void> {
    const { id, teamId, environment, requesterId, parameters, leaseHours, traceId } = request;
    const title = this.expressions.evaluate(item.resource.title, {
      params: parameters,
      request: { id, team: teamId, environment, requesterId, reason: request.reason },
    });
    await this.resources.register(tx, {
      id: request.resourceId,
      requestId: id,
      kind: item.resource.kind,
      title: this.redactor.text(String(title)),
      itemName: item.name,
      itemVersion: item.version,
      itemDigest: item.digest,
      teamId,
      environment,
      ownerId: requesterId,
      parameters,
      leaseHours,
      traceId,
    });
  }

  private async openApproval(tx: Tx, request: RequestRecord, item: CatalogItem): Promise<Approval | null> {
    const need = request.plan.decision.approval;
    if (need === undefined) return null;
    const approval = await this.approvals.open(tx, {
      subject: { kind: 'request', id: request.id },
      digest: request.plan.digest,
      need,
      requesterId: request.requesterId,
      title: `${item.title} in ${request.environment}`,
      workflowId: workflowIdOf(request.id),
      traceId: request.traceId,
    });
    await this.store.setApproval(tx, request.id, approval.id);
    return approval;
  }

  private async refuse(submission: Submission, plan: Plan): Promise<never> {
    const { person, teamId, environment, itemName, traceId } = submission;
    for (const { rule, outcome } of plan.decision.reasons) if (outcome === 'deny') this.metrics.denials.inc({ rule });
    await this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: 'request.refused',
        actor: { kind: 'person', id: person.id },
        subject: { kind: 'person', id: person.id },
        traceId,
        summary: `was refused ${itemName} for ${teamId} in ${environment}`,
        data: { rules: plan.decision.reasons.map(({ rule, outcome }) => ({ rule, outcome })) },
      }),
    );
    throw new RequestRefused(plan.decision);
  }
}

/** The durable execution of a request, whom a decision wakes. */
export function workflowIdOf(requestId: string): string {
  return `request:${requestId}`;
}
