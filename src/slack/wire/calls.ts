import { Injectable } from '@nestjs/common';
import type { Context } from '@slack/bolt';
import { People, type Person } from '../../identity/index.js';
import type { Words } from '../slack-feature.js';
import { type Delivery, deliveryOf } from './delivery.js';
import { Replies } from './replies.js';

/** What a listener knows about who called. */
export interface Call {
  readonly traceId: string;
  readonly userId: string;
  readonly channelId: string | undefined;
  readonly delivery: Delivery;
  /** @throws IdentityRefused, in words for that person */
  person(): Promise<Person>;
  /** Answers for their eyes only. */
  tell(words: Words | string): Promise<void>;
}

/** Gives a listener its {@link Call}: `const call = this.calls.of(context)`. */
@Injectable()
export class Calls {
  constructor(
    private readonly people: People,
    private readonly replies: Replies,
  ) {}

  of(context: Context): Call {
    const delivery = deliveryOf(context);
    const { userId = '', teamId, channelId } = delivery.facts;
    return {
      traceId: delivery.traceId,
      userId,
      channelId,
      delivery,
      person: () => this.people.get(userId, teamId),
      tell: (words) => this.replies.tell(delivery, typeof words === 'string' ? { text: words } : words),
    };
  }
}
