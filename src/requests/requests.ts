import { Injectable } from '@nestjs/common';
import type { Person } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import { aboutRequest, type RequestRecord, type RequestState } from './request.js';
import { RequestStore } from './request.store.js';
import { UnknownRequest } from './requests.errors.js';

const LATEST = 10;

/** Reads. What a person may do to a request on its way is in `RequestControl`. */
@Injectable()
export class Requests {
  constructor(
    private readonly store: RequestStore,
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
    const { allowed } = this.policy.can(person, 'view', aboutRequest(request));
    if (!allowed) throw new UnknownRequest();
    return request;
  }

  /** The request that took its place, because it was changed or asked again; null when none did. */
  successorOf(id: string): Promise<RequestRecord | null> {
    return this.store.findSuccessor(id);
  }

  /** Where each of these stands, by id. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, RequestState>> {
    return this.store.states(ids);
  }

  listFor(person: Person, limit = LATEST): Promise<RequestRecord[]> {
    return this.store.listFor(person.id, limit);
  }
}
