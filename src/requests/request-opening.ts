import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import { type CatalogItem, Expressions } from '../catalog/index.js';
import type { Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { type ApprovalNeed, Policy, type PolicyDecision } from '../policy/index.js';
import { Holdings } from '../quotas/index.js';
import { Resources } from '../resources/index.js';
import { Redactor, SecretIntakes } from '../secrets/index.js';
import { Ids, placed } from '../shared/index.js';
import { givenSecretsIn } from './given-secrets.js';
import { ItemUsage } from './item-usage.js';
import { likenessOf } from './likeness-of.js';
import type { Plan } from './plan.js';
import { type RequestRecord, requestScope, workflowOf } from './request.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';
import { rulesSpoken, wouldHaveBlocked } from './rules-spoken.js';
import { Successions } from './successions.js';
import { Twins } from './twins.js';

export interface Opening {
  readonly item: CatalogItem;
  readonly plan: Plan;
  readonly idempotencyKey: string;
  readonly requesterId: string;
  readonly reason: string;
  readonly originChannelId: string | null;
  readonly traceId: string;
  readonly queuedAs?: string;
  readonly follows?: string;
}

/**
 * Writes down, in one transaction, all that a request begins with: itself, the resource that is meant to be, the approval if one is
 * needed, the workflow that fulfils it, the marks for its cards and the audit event.
 */
@Injectable()
export class RequestOpening {
  constructor(
    private readonly store: RequestStore,
    private readonly resources: Resources,
    private readonly holdings: Holdings,
    private readonly approvals: Approvals,
    private readonly intakes: SecretIntakes,
    private readonly expressions: Expressions,
    private readonly twins: Twins,
    private readonly durable: Durable,
    private readonly journal: RequestJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
    private readonly successions: Successions,
    private readonly usage: ItemUsage,
    private readonly policy: Policy,
  ) {}

  /** Null when the key was used before. */
  async open(tx: Tx, { item, plan, reason, queuedAs, ...more }: Opening): Promise<RequestRecord | null> {
    const need = needOf(plan.decision);
    const redacted = this.redactor.text(reason);
    const request = await this.store.insert(tx, {
      ...more,
      id: this.ids.next('req'),
      resourceId: this.ids.next('res'),
      state: need === null ? 'provisioning' : 'awaiting-approval',
      reason: redacted,
      plan,
    });
    if (request === null) return null;
    if (request.follows !== null)
      await this.successions.begin(tx, {
        follows: request.follows,
        personId: more.requesterId,
        plan,
        reason: redacted,
      });
    this.usage.count(tx, item.name);
    const title = this.titleOf(request, item);
    await this.registerResource(tx, request, item, title);
    await this.reserve(tx, request, title, queuedAs);
    const secrets = [...givenSecretsIn(plan.parameters).values()];
    await this.intakes.claim(tx, secrets, request.requesterId, request.id);
    const approvalId = need === null ? null : await this.askForApproval(tx, request, { item, title, need });
    await this.durable.enqueue(tx, workflowOf(request.id));
    await this.recordTrial(tx, request);
    await this.journal.record(tx, request, {
      type: 'request.submitted',
      by: request.requesterId,
      summary: `requested ${item.title} for ${this.policy.teamTitle(request.teamId)} in ${request.environment}`,
      data: {
        item: { ...plan.item },
        planDigest: plan.digest,
        outcome: plan.decision.outcome,
        rules: rulesSpoken(plan.decision),
        approvalId,
        follows: request.follows,
      },
    });
    return { ...request, approvalId };
  }

  /** A rule in audit mode lets everything pass; what it would have done is for whoever decides on its mode. */
  private async recordTrial(tx: Tx, request: RequestRecord): Promise<void> {
    const tried = wouldHaveBlocked(request.plan.decision);
    if (tried.length === 0) return;
    const titles = tried.map(({ content, rule }) => `“${content?.title ?? rule}”`).join(', ');
    await this.journal.record(tx, request, {
      type: 'policy.rule_tried',
      by: request.requesterId,
      summary: `would not have passed ${titles}, which ${tried.length === 1 ? 'is' : 'are'} only tried out`,
      data: { rules: rulesSpoken({ reasons: tried }) },
    });
  }

  private titleOf(request: RequestRecord, item: CatalogItem): string {
    const scope = { params: request.parameters, request: requestScope(request) };
    const title = this.expressions.evaluate(item.resource.title, scope);
    return this.redactor.text(typeof title === 'string' ? title : item.title);
  }

  /** What it takes and costs, as the plan says. @throws QuotaExceeded, BudgetExceeded when somebody else was quicker */
  private async reserve(tx: Tx, request: RequestRecord, title: string, queuedAs: string | undefined): Promise<void> {
    const { resourceId, teamId, environment, itemName, requesterId: ownerId, leaseHours, plan } = request;
    const wants = Object.fromEntries(plan.quota.map(({ unit, wants: amount }) => [unit, amount]));
    const { cost } = plan;
    const holding = { resourceId, teamId, environment, itemName, ownerId, title, leaseHours, cost, wants };
    await this.holdings.reserve(tx, { ...holding, ...(queuedAs !== undefined && { queuedAs }) });
  }

  private async registerResource(tx: Tx, request: RequestRecord, item: CatalogItem, title: string): Promise<void> {
    const { id, teamId, environment, requesterId, parameters, leaseHours, traceId } = request;
    await this.resources.register(tx, {
      id: request.resourceId,
      requestId: id,
      kind: item.resource.kind,
      title,
      itemName: item.name,
      itemVersion: item.version,
      itemDigest: item.digest,
      teamId,
      environment,
      ownerId: requesterId,
      parameters,
      leaseHours,
      traceId,
      identity: this.twins.identityOf(item, request),
      standsOn: request.plan.standsOn.map((ground) => ground.id),
      takesDependents: item.lease.dependents === 'take',
    });
  }

  private async askForApproval(
    tx: Tx,
    request: RequestRecord,
    { item, title, need }: { item: CatalogItem; title: string; need: ApprovalNeed },
  ): Promise<string> {
    const workflow = workflowOf(request.id);
    const { id } = await this.approvals.open(tx, {
      subject: { kind: 'request', id: request.id },
      digest: request.plan.digest,
      need,
      requesterId: request.requesterId,
      title: placed(title, request.environment),
      wakes: { ...workflow, id: `${workflow.id}:decided` },
      traceId: request.traceId,
      likeness: likenessOf(item, request.plan),
    });
    await this.store.setApproval(tx, request.id, id);
    return id;
  }
}

/** Only a plain "allow" goes without an approval. */
function needOf({ outcome, approval }: PolicyDecision): ApprovalNeed | null {
  if (outcome === 'allow') return null;
  if (outcome === 'deny' || approval === undefined)
    throw new Error(`A decision of ${outcome} without an approval to ask for can't open a request.`);
  return approval;
}
