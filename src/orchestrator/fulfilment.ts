import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import { Catalog, Expressions, UnknownItem } from '../catalog/index.js';
import { IdentityRefused, People } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import { type RequestFailure, RequestProgress, type RequestRecord, Requests, requestScope } from '../requests/index.js';
import { Resources } from '../resources/index.js';
import type { JsonObject } from '../shared/index.js';
import { type Run, Runs } from './runs/index.js';

interface Verdict {
  readonly outcome: 'approved' | 'denied' | 'expired' | 'cancelled';
  readonly by: readonly string[];
  readonly reason: string | null;
}

/** What the workflow of a request does at each of its stations. Every method may be repeated. */
@Injectable()
export class Fulfilment {
  constructor(
    private readonly requests: Requests,
    private readonly progress: RequestProgress,
    private readonly approvals: Approvals,
    private readonly catalog: Catalog,
    private readonly people: People,
    private readonly policy: Policy,
    private readonly resources: Resources,
    private readonly expressions: Expressions,
    private readonly runs: Runs,
  ) {}

  /** The approval to wait for; null when none is. */
  async awaited(requestId: string): Promise<{ approvalId: string; expiresAtMilliseconds: number } | null> {
    const request = await this.requests.get(requestId);
    if (request.state !== 'awaiting-approval' || request.approvalId === null) return null;
    const { expiresAt } = await this.approvals.get(request.approvalId);
    return { approvalId: request.approvalId, expiresAtMilliseconds: expiresAt.getTime() };
  }

  /** Carries out how the wait ended: no message means that time ran out. True when it was approved and still may be. */
  async decided(requestId: string, approvalId: string, given: Verdict | null): Promise<boolean> {
    const settled = given === null ? await this.approvals.expire(approvalId) : null;
    const outcome = given?.outcome ?? settled?.state ?? 'expired';
    if (outcome === 'approved') return this.stillAllowed(await this.requests.get(requestId));
    if (outcome === 'denied') {
      const by = given?.by ?? settled?.decidedBy ?? [];
      const reason = given?.reason ?? settled?.decidedReason ?? null;
      await this.progress.markDenied(requestId, {
        by,
        reason: `Denied by ${by.map((id) => `<@${id}>`).join(', ')}${reason === null ? '.' : `: ${reason}`}`,
      });
    } else if (outcome === 'expired') {
      await this.progress.markExpired(requestId);
    }
    return false;
  }

  /** Makes the run, once. Null when the request is not to be fulfilled any more. */
  async begin(requestId: string): Promise<string | null> {
    return this.progress.startProvisioning(requestId, async (tx, request) => {
      const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
      if (item === null) throw new UnknownItem(request.itemName, []);
      return this.runs.create(tx, {
        subject: { kind: 'request', id: request.id },
        kind: 'apply',
        steps: item.steps,
        scope: scopeOf(request),
        traceId: request.traceId,
      });
    });
  }

  /** Ready, with the resource active in the same transaction; or failed, explained. */
  async conclude(requestId: string, runId: string): Promise<void> {
    const [request, run] = [await this.requests.get(requestId), await this.runs.get(runId)];
    if (run.state !== 'succeeded') return this.progress.markFailed(requestId, explain(run));
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    const steps = Object.fromEntries(
      run.steps.filter((step) => step.output !== null).map((step) => [step.name, { output: step.output }]),
    );
    const outputs = this.expressions.evaluate({ ...item?.outputs }, { ...scopeOf(request), steps }) as JsonObject;
    const secretRef = run.steps.map((step) => step.output?.secretRef).find((ref) => typeof ref === 'string') ?? null;
    await this.progress.markReady(requestId, (tx) =>
      this.resources.activate(tx, request.resourceId, { outputs, secretRef, runId }),
    );
  }

  /** Policy may have changed while the approval waited: it is asked again, on the version that was approved. */
  private async stillAllowed(request: RequestRecord): Promise<boolean> {
    const why = await this.whyNot(request);
    if (why === null) return true;
    await this.progress.markDenied(request.id, {
      by: [],
      reason: `It was approved, but is not allowed any more: ${why}`,
    });
    return false;
  }

  private async whyNot(request: RequestRecord): Promise<string | null> {
    const item = await this.catalog.findVersion(request.itemName, request.itemDigest);
    if (item === null) return 'its catalog item is gone.';
    try {
      const person = await this.people.getFresh(request.requesterId);
      const { teamId, environment, parameters } = request;
      const { outcome, reasons } = this.policy.decideRequest({ person, item, teamId, environment, parameters });
      return outcome === 'deny'
        ? reasons
            .filter((reason) => reason.outcome === 'deny')
            .map((reason) => reason.message)
            .join(' ')
        : null;
    } catch (error) {
      if (error instanceof IdentityRefused) return error.publicMessage;
      throw error;
    }
  }
}

function scopeOf(request: RequestRecord): JsonObject {
  return { params: request.parameters, request: requestScope(request), resource: { id: request.resourceId } };
}

/** Which step, why, what was undone, what remains, what next. */
export function explain(run: Run): RequestFailure {
  const failed =
    run.steps.find((step) => step.failure !== null && !['succeeded', 'skipped'].includes(step.state)) ??
    run.steps.find((step) => step.state === 'failed');
  const undone = run.steps.filter((step) => step.state === 'compensated').reverse();
  const left = run.steps.filter((step) => step.state === 'compensation-failed');
  const names = (steps: typeof left): string => steps.map((step) => `“${step.title}”`).join(', ');
  return {
    step: failed?.title ?? null,
    what: failed?.failure?.sentence ?? 'A step failed for a reason that only the log knows.',
    undone: [
      undone.length > 0 ? `Undone: ${names(undone)}.` : left.length === 0 ? 'Nothing was left behind.' : '',
      left.length > 0 ? `Could not be undone: ${names(left)}; the platform team was told.` : '',
    ]
      .filter((text) => text !== '')
      .join(' '),
    next: 'Request it again; if it fails the same way, ask the platform team with this request’s id.',
  };
}
