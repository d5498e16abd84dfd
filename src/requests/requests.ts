import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import type { Person } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { Policy } from '../policy/index.js';
import type { RequestRecord } from './request.js';
import { RequestStore } from './request.store.js';
import { RequestProgress } from './request-progress.js';
import { RequestForbidden, RequestMovedOn, UnknownRequest } from './requests.errors.js';

const LATEST = 10;

/** Reads, and what a person may do to a request that is on its way. */
@Injectable()
export class Requests {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RequestStore,
    private readonly progress: RequestProgress,
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
    const { teamId, environment, itemName, requesterId } = request;
    const { allowed } = this.policy.can(person, 'view', {
      kind: 'request',
      id,
      teamId,
      environment,
      itemName,
      ownerId: requesterId,
    });
    if (!allowed) throw new UnknownRequest();
    return request;
  }

  listFor(person: Person, limit = LATEST): Promise<RequestRecord[]> {
    return this.store.listFor(person.id, limit);
  }

  /** Withdraws a request that still waits for approval. @throws RequestForbidden, RequestMovedOn */
  async cancel({ id, person }: { id: string; person: Person }): Promise<RequestRecord> {
    const { teamId, environment, itemName, requesterId } = await this.get(id);
    const { allowed, reason } = this.policy.can(person, 'cancel', {
      kind: 'request',
      id,
      teamId,
      environment,
      itemName,
      ownerId: requesterId,
    });
    if (!allowed) throw new RequestForbidden(reason);
    return this.transactions.run(async (tx) => {
      const cancelled = await this.progress.cancel(tx, id, person.id);
      if (cancelled === null)
        throw new RequestMovedOn(
          'This request does not wait for approval any more, so it was not cancelled. Look at its card; what was made can be destroyed there.',
        );
      await this.approvals.cancel(tx, { kind: 'request', id });
      return cancelled;
    });
  }
}
