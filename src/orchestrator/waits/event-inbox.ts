import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { Redactor } from '../../secrets/index.js';
import type { Json } from '../../shared/index.js';
import { EventSource, type ReceivedEvent } from '../actions/wait/ports.js';

const KEPT_DAYS = 7;
const SWEEP_MILLISECONDS = 3_600_000;

/** Events of other systems, as steps wait for them. Kept for a week. */
@Injectable()
export class EventInbox extends EventSource {
  constructor(
    private readonly transactions: Transactions,
    private readonly redactor: Redactor,
    private readonly logger: Logger,
  ) {
    super();
  }

  /** False: that delivery was there already. */
  async receive(name: string, delivery: string, body: Json): Promise<boolean> {
    const rows = await this.transactions.query<{ id: string }>(
      `insert into received_events (name, delivery, body) values ($1, $2, $3) on conflict do nothing returning id`,
      [name, delivery, JSON.stringify(this.redactor.value(body))],
    );
    return rows.length > 0;
  }

  async since(name: string, moment: string): Promise<ReceivedEvent[]> {
    const rows = await this.transactions.query<{ body: Json; received_at: Date }>(
      'select body, received_at from received_events where name = $1 and received_at >= $2 order by id limit 100',
      [name, moment],
    );
    return rows.map(({ body, received_at: at }) => ({ body, at }));
  }

  @Interval(SWEEP_MILLISECONDS)
  async sweep(): Promise<void> {
    await this.transactions
      .query(`delete from received_events where received_at < now() - make_interval(days => $1)`, [KEPT_DAYS])
      .catch((error: unknown) => {
        this.logger.error('Removing old events failed; the next tick tries again', error);
      });
  }
}
