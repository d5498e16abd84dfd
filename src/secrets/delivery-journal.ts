import type { SubjectRef } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';

/** Port, bound by the composition root: what happened to a delivery or an intake goes to the audit trail and to the person's messages. */
export abstract class DeliveryJournal {
  abstract record(tx: Tx, entry: DeliveryEntry): Promise<void>;
  /** Asks that very person, in Slack, whether the browser that shows this number is theirs. */
  abstract ask(
    tx: Tx,
    question: { personId: string; deliveryId: string; number: string; subject: SubjectRef },
  ): Promise<void>;
}

export interface DeliveryEntry {
  type:
    | 'secret.delivery_issued'
    | 'secret.delivery_opened'
    | 'secret.delivery_confirmed'
    | 'secret.delivery_rejected'
    | 'secret.fetched'
    | 'secret.intake_issued'
    | 'secret.intake_opened'
    | 'secret.intake_confirmed'
    | 'secret.given'
    | 'secret.removed';
  personId: string;
  subject: SubjectRef;
  /** Of the delivery, or of the intake. */
  deliveryId: string;
  traceId: string;
  summary: string;
}
