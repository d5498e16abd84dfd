import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { type Waiver, type WaiverPlace, Waivers } from '../policy/index.js';
import type { Exception } from './exception.js';
import { ExceptionStore } from './exception.store.js';

/** Binds the policy's port: an exception from this very rule, or a glass that was broken, which lifts all of them. */
@Injectable()
export class ExceptionWaivers extends Waivers {
  private readonly store: ExceptionStore;

  constructor(transactions: Transactions) {
    super();
    this.store = new ExceptionStore(transactions);
  }

  async active(ruleId: string, place: WaiverPlace): Promise<Waiver | null> {
    return waiverOf(await this.store.active('rule', place, ruleId)) ?? this.brokenGlass(place);
  }

  async brokenGlass(place: WaiverPlace): Promise<Waiver | null> {
    return waiverOf(await this.store.active('break-glass', place, null));
  }
}

function waiverOf(exception: Exception | null): Waiver | null {
  const until = exception?.endsAt;
  return exception === null || until === null || until === undefined ? null : { id: exception.id, until };
}
