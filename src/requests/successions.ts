import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import type { Tx } from '../platform/database/index.js';
import { Resources } from '../resources/index.js';
import type { Plan } from './plan.js';
import type { RequestRecord, RequestState } from './request.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';
import { RequestForbidden, RequestMovedOn, UnknownRequest } from './requests.errors.js';

/** What may be asked again: what waits is replaced, what is over is left as it is. */
const REPEATABLE: readonly RequestState[] = ['awaiting-approval', 'denied', 'expired', 'failed', 'cancelled'];
const VOID = 'The request was changed, so what was voted here is void. It is asked anew.';

/** Requests that take the place of an earlier one, because somebody changed it or asks again after a denial. */
@Injectable()
export class Successions {
  constructor(
    private readonly store: RequestStore,
    private readonly approvals: Approvals,
    private readonly resources: Resources,
    private readonly journal: RequestJournal,
  ) {}

  /** The request that may be asked again, by whoever asked. @throws UnknownRequest, RequestForbidden, RequestMovedOn */
  async repeatable(id: string, personId: string): Promise<RequestRecord> {
    return assertRepeatable(await this.store.find(id), personId);
  }

  /** The resource whose quota and cost come free when it is replaced; null when it holds none any more. */
  async heldBy(id: string | undefined): Promise<string | null> {
    const request = id === undefined ? null : await this.store.find(id);
    return request?.state === 'awaiting-approval' ? request.resourceId : null;
  }

  /**
   * Makes room for the one that follows, in its transaction: what still waits is withdrawn with its votes, its quota and its cost.
   * @throws UnknownRequest, RequestForbidden, RequestMovedOn when it is too late, or nothing is different
   */
  async begin(tx: Tx, wish: { follows: string; personId: string; plan: Plan; reason: string }): Promise<void> {
    const { follows: id, personId, plan, reason } = wish;
    const before = assertRepeatable(await this.store.lock(tx, id), personId);
    if (before.state !== 'awaiting-approval') {
      await this.journal.mark(tx, before);
      return;
    }
    if (before.plan.digest === plan.digest && before.reason === reason)
      throw new RequestMovedOn('Nothing is different, so nothing was changed: the request waits on, with its votes.');
    const withdrawn = await this.store.move(tx, id, ['awaiting-approval'], 'cancelled');
    if (withdrawn === null) throw new UnknownRequest();
    // Wakes the workflow, which ends quietly.
    await this.approvals.cancel(tx, { kind: 'request', id }, VOID);
    await this.resources.markFailed(tx, before.resourceId);
    const summary = 'was changed: what was voted is void, and it is asked anew';
    await this.journal.record(tx, withdrawn, { type: 'request.changed', by: personId, summary });
  }
}

function assertRepeatable(request: RequestRecord | null, personId: string): RequestRecord {
  if (request === null) throw new UnknownRequest();
  if (request.requesterId !== personId)
    throw new RequestForbidden(
      'Only who asked for it can change it or ask again. Nothing was done; you can request it anew yourself.',
    );
  if (!REPEATABLE.includes(request.state))
    throw new RequestMovedOn(
      'This request goes on, so it was not changed and nothing new was asked. Its card shows where it stands.',
    );
  return request;
}
