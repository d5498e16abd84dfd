import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import { Transactions, violatedConstraint } from '../platform/database/index.js';
import { Policy } from '../policy/index.js';
import { Drafts } from './drafts.js';
import type { Plan } from './plan.js';
import { PreviewRequest, type Wish } from './preview-request.js';
import type { RequestRecord } from './request.js';
import { RequestStore } from './request.store.js';
import { type Opening, RequestOpening } from './request-opening.js';
import { PlanChanged, PlanImpossible, RequestForbidden, RequestRefused, UnknownRequest } from './requests.errors.js';
import { rulesSpoken } from './rules-spoken.js';
import { Successions } from './successions.js';
import { Twins } from './twins.js';

const ONE_OF_A_KIND = 'resources_identity';

export interface Submission extends Wish {
  /** The same key is the same request, however often it is sent. */
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly originChannelId: string | null;
}

/** Takes a wish: authorize → evaluate policy → plan → one transaction that writes down all that the request begins with. */
@Injectable()
export class SubmitRequest {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly drafts: Drafts,
    private readonly previews: PreviewRequest,
    private readonly opening: RequestOpening,
    private readonly successions: Successions,
    private readonly twins: Twins,
    private readonly audit: Audit,
    private readonly policy: Policy,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Sends what the person looked at. A second time it answers with the first request.
   * @throws DraftGone, PlanChanged and those of {@link submit}
   */
  async submitDraft(sent: { draftId: string; person: Person; traceId: string }): Promise<RequestRecord> {
    const { draftId, person, traceId } = sent;
    const draft = await this.drafts.get(draftId, person.id);
    return this.submit({ ...draft, person, traceId, idempotencyKey: draftId }, draft.planDigest);
  }

  /**
   * `expectedDigest` is of the plan that was looked at: null for none yet, left out when nobody looks.
   * @throws InvalidParameters, RequestRefused, AlreadyThere, PlanImpossible, PlanChanged when another plan came out than the expected one;
   *   RequestForbidden, RequestMovedOn when it can't take the place of the one it follows
   */
  async submit(submission: Submission, expectedDigest?: string | null): Promise<RequestRecord> {
    const earlier = await this.earlier(submission);
    if (earlier !== null) return earlier;
    const { follows } = submission;
    // Too late to change it is what to say then, not that its own quota is in the way.
    if (follows !== undefined) await this.successions.repeatable(follows, submission.person.id);
    const { item, plan } = await this.previews.preview(submission, 'submit');
    this.metrics.decisions.inc({ outcome: plan.decision.outcome });
    if (plan.decision.outcome === 'deny') return this.refuse(submission, plan);
    if (plan.changes.some((change) => change.kind === 'cannot')) throw new PlanImpossible(plan);
    if (expectedDigest !== undefined && plan.digest !== expectedDigest) throw new PlanChanged(plan);
    const { person, ...more } = submission;
    const opening = { ...more, item, plan, requesterId: person.id };
    const opened = await this.open(opening, () =>
      this.twins.assertNone(item, { ...plan, requesterId: person.id, reason: submission.reason }, null),
    );
    return opened ?? this.first(submission);
  }

  /** `whoseIsIt` says so when somebody else asked for the same at the same moment. */
  private async open(opening: Opening, whoseIsIt: () => Promise<void>): Promise<RequestRecord | null> {
    try {
      return await this.transactions.run((tx) => this.opening.open(tx, opening));
    } catch (error) {
      if (violatedConstraint(error) === ONE_OF_A_KIND) await whoseIsIt();
      throw error;
    }
  }

  private async earlier({ idempotencyKey, person }: Submission): Promise<RequestRecord | null> {
    const request = await this.store.findByKey(idempotencyKey);
    if (request !== null && request.requesterId !== person.id)
      throw new RequestForbidden('This was sent by somebody else already. Nothing was requested; please begin again.');
    return request;
  }

  private async first(submission: Submission): Promise<RequestRecord> {
    const request = await this.earlier(submission);
    if (request === null) throw new UnknownRequest();
    return request;
  }

  /** Nothing is kept but the record of it. */
  private async refuse(submission: Submission, plan: Plan): Promise<never> {
    const { person, teamId, environment, itemName, traceId } = submission;
    const { reasons } = plan.decision;
    await this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: 'request.refused',
        actor: { kind: 'person', id: person.id },
        subject: { kind: 'person', id: person.id },
        traceId,
        summary: `was refused ${itemName} for ${this.policy.teamTitle(teamId)} in ${environment}`,
        data: { rules: rulesSpoken(plan.decision) },
      }),
    );
    for (const { rule, outcome } of reasons) if (outcome === 'deny') this.metrics.denials.inc({ rule });
    throw new RequestRefused(plan.decision);
  }
}
