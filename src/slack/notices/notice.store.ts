import { Injectable } from '@nestjs/common';
import type { NoticeTemplate, Recipient } from '../../platform/changes/index.js';
import { Transactions } from '../../platform/database/index.js';
import type { JsonObject } from '../../shared/index.js';

/** A notice that this process has in hand; `attempts` fences off whoever had it before. */
export interface ClaimedNotice {
  readonly id: string;
  readonly key: string;
  readonly to: Recipient;
  readonly template: NoticeTemplate;
  readonly data: JsonObject;
  readonly attempts: number;
  /** An earlier try never learned how it went. */
  readonly maybePosted: boolean;
}

interface Row {
  id: string;
  key: string;
  recipient: Recipient;
  template: NoticeTemplate;
  data: JsonObject;
  attempts: number;
  was: string;
}

const CLAIM_SECONDS = 45;

@Injectable()
export class NoticeStore {
  constructor(private readonly transactions: Transactions) {}

  /** The oldest that is due. */
  async claim(): Promise<ClaimedNotice | null> {
    const [row] = await this.transactions.query<Row>(
      `with due as (
         select id, state from notices where state in ('waiting', 'posting') and not_before <= now()
         order by id limit 1 for update skip locked)
       update notices set state = 'posting', attempts = attempts + 1, not_before = now() + make_interval(secs => $1)
       from due where notices.id = due.id returning notices.*, due.state as was`,
      [CLAIM_SECONDS],
    );
    if (row === undefined) return null;
    const { id, key, recipient, template, data, attempts, was } = row;
    return { id, key, to: recipient, template, data, attempts, maybePosted: was === 'posting' };
  }

  async posted(notice: ClaimedNotice): Promise<void> {
    await this.settle(notice, `state = 'posted', posted_at = now(), last_error = null`, []);
  }

  async tryAgain(
    notice: ClaimedNotice,
    wish: { afterSeconds: number; error: string; certainlyNotPosted: boolean },
  ): Promise<void> {
    await this.settle(
      notice,
      `not_before = now() + make_interval(secs => $3), last_error = $4,
       state = case when $5::boolean then 'waiting' else 'posting' end`,
      [wish.afterSeconds, wish.error, wish.certainlyNotPosted],
    );
  }

  async abandon(notice: ClaimedNotice, error: string): Promise<void> {
    await this.settle(notice, `state = 'abandoned', last_error = $3`, [error]);
  }

  private async settle(notice: ClaimedNotice, change: string, parameters: readonly unknown[]): Promise<void> {
    await this.transactions.query(`update notices set ${change} where id = $1 and attempts = $2`, [
      notice.id,
      notice.attempts,
      ...parameters,
    ]);
  }
}
