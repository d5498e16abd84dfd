import type { JsonObject } from '../../shared/index.js';
import type { Tx } from '../database/index.js';
import { CHANGES_CHANNEL, type SubjectRef } from './changes.js';

export type Recipient =
  | { kind: 'person'; personId: string }
  /** By name without `#`, or by id. */
  | { kind: 'channel'; channel: string }
  /** The thread under that subject's card (or, for an incident, its channel). */
  | { kind: 'thread'; subject: SubjectRef };

/** The wording and look of each are in `slack/notices`; the names say when they are sent. */
export type NoticeTemplate =
  | 'request-ready'
  | 'request-failed'
  | 'request-halted'
  | 'request-cancelled'
  | 'help-wanted'
  | 'request-denied'
  | 'request-expired'
  | 'approval-wanted'
  | 'approval-reminder'
  | 'vote-counted'
  | 'stand-in'
  | 'standing-used'
  | 'lease-ending'
  | 'resource-destroyed'
  | 'destroy-failed'
  | 'transfer-offered'
  | 'transfer-ended'
  | 'owner-left'
  | 'step-output'
  | 'delivery-confirmation'
  | 'secret-fetched'
  | 'confirmation-wanted'
  | 'incident-invited'
  | 'incident-resolved'
  | 'glass-broken'
  | 'exception-decided'
  | 'exception-ending'
  | 'file-broken'
  | 'review-due'
  | 'upgrade-news'
  | 'resource-life'
  | 'plain';

export interface Notice {
  /** One notice a key, ever: `request-ready:req-…`. */
  key: string;
  to: Recipient;
  template: NoticeTemplate;
  data: JsonObject;
}

/** Messages that are sent once, as opposed to cards, which follow a subject. Written down in the transaction that causes them. */
export class Notices {
  constructor(private readonly redact: <T>(value: T) => T) {}

  async post(tx: Tx, notice: Notice): Promise<void> {
    await tx.query(
      `insert into notices (key, recipient, template, data) values ($1, $2, $3, $4) on conflict (key) do nothing`,
      [notice.key, JSON.stringify(notice.to), notice.template, JSON.stringify(this.redact(notice.data))],
    );
    tx.wake(CHANGES_CHANNEL);
  }
}
