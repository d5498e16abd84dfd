import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { SecretIntakes } from '../secrets/index.js';

const TICK_MILLISECONDS = 15_000;
const BATCH = 100;

/**
 * Removes what people gave on one-time pages when nobody needs it any more: its request came to nothing, its resource is destroyed, or
 * its form was given up. A tick may be missed, repeated or run on every replica at once.
 */
@Injectable()
export class SecretSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly intakes: SecretIntakes,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    await this.sweep().catch((error: unknown) => {
      this.logger.error('Given secrets were not looked through; the next tick tries again', error);
    });
  }

  /** Answers how many were removed. */
  async sweep(): Promise<number> {
    const ended = await this.transactions.query<{ id: string }>(
      `select i.id from secret_intakes i
         left join requests r on r.id = i.request_id
         left join resources s on s.id = r.resource_id
       where i.places <> '{}' and (
         (i.state = 'claimed' and (r.state in ('failed', 'denied', 'expired', 'cancelled') or s.state = 'destroyed'))
         or (i.state = 'given' and not exists (select from request_drafts d where d.id = i.draft_id)
           and not exists (select from queued_requests q where q.idempotency_key = i.draft_id and q.state in ('waiting', 'opening'))))
       order by i.created_at limit $1`,
      [BATCH],
    );
    return this.intakes.removeEnded(ended.map(({ id }) => id));
  }
}
