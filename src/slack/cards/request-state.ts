import { Injectable } from '@nestjs/common';
import { type Approval, Approvals } from '../../approvals/index.js';
import { Catalog, formFields } from '../../catalog/index.js';
import { type Run, Runs } from '../../orchestrator/index.js';
import { Policy } from '../../policy/index.js';
import { type RequestRecord, Requests } from '../../requests/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import type { Labels, Predecessor } from './succession.view.js';

/** All that a request's card shows. */
export interface RequestState {
  readonly request: RequestRecord;
  readonly itemTitle: string;
  readonly labels?: Labels;
  readonly teamTitle: string;
  readonly resource: Resource | null;
  readonly approval: Approval | null;
  /** What makes it, or what takes it down. */
  readonly run: Run | null;
  /** What it took the place of. */
  readonly before: Predecessor | null;
  /** What took its place. */
  readonly successor: RequestRecord | null;
}

const MAY_BE_FOLLOWED: ReadonlySet<string> = new Set(['cancelled', 'denied', 'expired', 'failed']);

/** Reads what a request's card shows, in its newest state. */
@Injectable()
export class RequestStates {
  constructor(
    private readonly requests: Requests,
    private readonly resources: Resources,
    private readonly approvals: Approvals,
    private readonly runs: Runs,
    private readonly catalog: Catalog,
    private readonly policy: Policy,
  ) {}

  async find(id: string): Promise<RequestState | null> {
    const request = await this.requests.find(id);
    return request === null ? null : this.of(request);
  }

  async of(request: RequestRecord): Promise<RequestState> {
    const { approvalId, itemName, itemDigest, resourceId, teamId, follows } = request;
    const [resource, approval, item, before, successor] = await Promise.all([
      this.resources.find(resourceId),
      approvalId === null ? null : this.approvals.find(approvalId),
      this.catalog.findVersion(itemName, itemDigest),
      follows === null ? null : this.before(follows),
      MAY_BE_FOLLOWED.has(request.state) ? this.requests.successorOf(request.id) : null,
    ]);
    const runId = resource?.destroyRunId ?? request.runId;
    return {
      request,
      resource,
      approval,
      before,
      successor,
      run: runId === null ? null : await this.runs.find(runId),
      itemTitle: item?.title ?? itemName,
      labels: new Map(item === null ? [] : formFields(item).map(({ name, label }) => [name, label])),
      teamTitle: this.policy.teamTitle(teamId),
    };
  }

  private async before(id: string): Promise<Predecessor | null> {
    const request = await this.requests.find(id);
    if (request === null) return null;
    return { request, approval: request.approvalId === null ? null : await this.approvals.find(request.approvalId) };
  }
}
