import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import type { Person } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { type Permission, Policy } from '../policy/index.js';
import { Resources } from '../resources/index.js';
import type { RequestRecord } from './request.js';
import { RequestStore } from './request.store.js';
import { RequestJournal } from './request-journal.js';
import { RequestForbidden, RequestMovedOn, UnknownRequest } from './requests.errors.js';

const LATEST = 10;

/** Reads, and what a person may do to a request that is on its way. */
@Injectable()
export class Requests {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly resources: Resources,
    private readonly journal: RequestJournal,
    private readonly approvals: Approvals,
    private readonly policy: Policy,
  ) {}

  find(id: string): Promise<RequestRecord | null> {
    return this.store.find(id);
  }

  /** @throws UnknownRequest */
  async get(id: string): Promise<RequestRecord> {
    const request = await this.store.find(id);
    if (request === null) throw new UnknownRequest();
    return request;
  }

  /** As {@link get}, for somebody who may see it; to others it does not exist. */
  async getFor(id: string, person: Person): Promise<RequestRecord> {
    const request = await this.get(id);
    const { allowed } = this.may(person, 'view', request);
    if (!allowed) throw new UnknownRequest();
    return request;
  }

  listFor(person: Person, limit = LATEST): Promise<RequestRecord[]> {
    return this.store.listFor(person.id, limit);
  }

  /** Withdraws a request that still waits for approval. @throws RequestForbidden, RequestMovedOn */
  async cancel({ id, person }: { id: string; person: Person }): Promise<RequestRecord> {
    const { allowed, reason } = this.may(person, 'cancel', await this.get(id));
    if (!allowed) throw new RequestForbidden(`${reason} Nothing was changed.`);
    const cancelled = await this.transactions.run(async (tx) => {
      const request = await this.store.move(tx, id, ['awaiting-approval'], 'cancelled');
      if (request === null)
        throw new RequestMovedOn(
          'This request does not wait for approval any more, so it was not cancelled. Look at its card; what was made can be destroyed there.',
        );
      // Wakes the workflow, which ends quietly.
      await this.approvals.cancel(tx, { kind: 'request', id });
      await this.resources.markFailed(tx, request.resourceId);
      await this.journal.record(tx, request, { type: 'request.cancelled', by: person.id, summary: 'was cancelled' });
      return request;
    });
    this.journal.measure(cancelled);
    return cancelled;
  }

  private may(person: Person, verb: 'view' | 'cancel', request: RequestRecord): Permission {
    const { id, teamId, environment, itemName, requesterId: ownerId } = request;
    return this.policy.can(person, verb, { kind: 'request', id, teamId, environment, itemName, ownerId });
  }
}
