import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import { type Person } from '../identity/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Policy } from '../policy/index.js';
import { Resources } from '../resources/index.js';
import { aboutRequest, type RequestRecord } from './request.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';
import { RequestForbidden, RequestMovedOn } from './requests.errors.js';
import { RunControl } from './run-control.js';

export interface ControlWish {
  readonly id: string;
  readonly person: Person;
}

/** What a person may do to a request on its way: stop it, go on where it failed, take back what was made. Each is authorized anew. */
@Injectable()
export class RequestControl {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly resources: Resources,
    private readonly journal: RequestJournal,
    private readonly approvals: Approvals,
    private readonly policy: Policy,
    private readonly runs: RunControl,
  ) {}

  /**
   * Before anything is made it is withdrawn at once; while it is made, the step at work is told to stop and what was made is
   * taken back. @throws RequestForbidden, RequestMovedOn
   */
  async cancel(wish: ControlWish): Promise<RequestRecord> {
    const cancelled = await this.transactions.run(async (tx) => {
      const request = await this.lockFor(tx, wish);
      if (request.state === 'halted') return this.undo(tx, request, wish.person);
      if (request.state === 'provisioning' && request.runId !== null)
        return this.stop(tx, request, request.runId, wish.person);
      return this.withdraw(tx, request, wish.person);
    });
    this.journal.measure(cancelled);
    return cancelled;
  }

  /** Goes on with the step that failed: what was made stays. @throws RequestForbidden, RequestMovedOn */
  async retry(wish: ControlWish): Promise<RequestRecord> {
    return this.transactions.run(async (tx) => {
      const request = await this.lockHalted(tx, wish);
      const runId = await this.runs.goOn(tx, request);
      const summary = 'goes on where it failed';
      return this.resume(tx, request, runId, { type: 'request.retried', by: wish.person.id, summary });
    });
  }

  /** Takes back what was kept for inspection. @throws RequestForbidden, RequestMovedOn */
  async rollBack(wish: ControlWish): Promise<RequestRecord> {
    return this.transactions.run(async (tx) => this.undo(tx, await this.lockHalted(tx, wish), wish.person));
  }

  private async undo(tx: Tx, request: RequestRecord, person: Person): Promise<RequestRecord> {
    const runId = await this.runs.rollBack(tx, request);
    const summary = 'is being rolled back';
    return this.resume(tx, request, runId, { type: 'request.rolled_back', by: person.id, summary });
  }

  private async resume(
    tx: Tx,
    request: RequestRecord,
    runId: string,
    event: { type: string; by: string; summary: string },
  ): Promise<RequestRecord> {
    const resumed = await this.store.resume(tx, request.id, runId);
    if (resumed === null) throw new RequestMovedOn('This request went on meanwhile; its card shows where it stands.');
    await this.runs.perform(tx, request, runId);
    await this.journal.record(tx, resumed, { ...event, data: { runId } });
    return resumed;
  }

  private async stop(tx: Tx, request: RequestRecord, runId: string, { id: by }: Person): Promise<RequestRecord> {
    if (!(await this.runs.cancel(tx, runId, by)))
      throw new RequestMovedOn('This request is being stopped or undone already; its card shows how far it is.');
    await this.journal.record(tx, request, { type: 'request.cancel_asked', by, summary: 'is being stopped' });
    return request;
  }

  private async withdraw(tx: Tx, { id }: RequestRecord, { id: by }: Person): Promise<RequestRecord> {
    // Granted at once and not begun, it is `provisioning` already; its workflow then finds nothing to do.
    const request = await this.store.move(tx, id, ['awaiting-approval', 'provisioning'], 'cancelled');
    if (request === null)
      throw new RequestMovedOn(
        'This request has come to its end, so it was not cancelled. Look at its card; what was made can be destroyed there.',
      );
    // Wakes the workflow, which ends quietly.
    await this.approvals.cancel(tx, { kind: 'request', id });
    await this.resources.markFailed(tx, request.resourceId);
    await this.journal.record(tx, request, { type: 'request.cancelled', by, summary: 'was cancelled' });
    return request;
  }

  private async lockHalted(tx: Tx, wish: ControlWish): Promise<RequestRecord> {
    const request = await this.lockFor(tx, wish);
    if (request.state === 'halted') return request;
    throw new RequestMovedOn('This request does not wait for that any more; its card shows where it stands.');
  }

  private async lockFor(tx: Tx, { id, person }: ControlWish): Promise<RequestRecord> {
    const request = await this.store.lock(tx, id);
    const { allowed, reason } = this.policy.can(person, 'cancel', aboutRequest(request));
    if (!allowed) throw new RequestForbidden(`${reason} Nothing was changed.`);
    return request;
  }
}
