import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Transactions } from '../../platform/database/index.js';
import { CardStore } from './card.store.js';

/** As many lines as one message takes without being a wall of text. */
const LINES = 20;

/** Gathers audit events that were not shown yet into one message: one line each, in the audit channel. */
@Injectable()
export class AuditBatches {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: CardStore,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  get lane(): string {
    return this.env.channels.audit;
  }

  /** Each event goes into exactly one batch, whichever replica takes it. */
  async gather(): Promise<void> {
    await this.transactions.run(async (tx) => {
      const waiting = await tx.query<{ mark: string; id: string }>(
        `select id as mark, subject_id as id from subject_marks where subject_kind = 'audit'
         order by id limit $1 for update skip locked`,
        [LINES],
      );
      const [first] = waiting;
      if (first === undefined) return;
      const events = waiting.map(({ id }) => id);
      await this.store.want(
        { kind: 'audit', id: first.id },
        { surface: 'audit-lines', place: this.lane, data: { events } },
        tx,
      );
      await tx.query('delete from subject_marks where id = any($1)', [waiting.map(({ mark }) => mark)]);
    });
  }
}
