import { Injectable } from '@nestjs/common';
import { Notices, type SubjectRef } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import { type DeliveryEntry, DeliveryJournal } from '../secrets/index.js';
import { Audit } from './audit.js';

/** Binds the journal of secret deliveries: the trail of the subject, and the question to its person. */
@Injectable()
export class AuditedDeliveries extends DeliveryJournal {
  constructor(
    private readonly audit: Audit,
    private readonly notices: Notices,
  ) {
    super();
  }

  async record(tx: Tx, entry: DeliveryEntry): Promise<void> {
    const { type, personId, subject, traceId, summary, deliveryId } = entry;
    await this.audit.append(tx, {
      type,
      actor: { kind: 'person', id: personId },
      subject,
      traceId,
      summary,
      data: { deliveryId },
    });
  }

  async ask(
    tx: Tx,
    question: { personId: string; deliveryId: string; number: string; subject: SubjectRef },
  ): Promise<void> {
    await this.notices.post(tx, {
      key: `delivery-confirmation:${question.deliveryId}`,
      to: { kind: 'person', personId: question.personId },
      template: 'delivery-confirmation',
      data: { deliveryId: question.deliveryId, number: question.number, subjectId: question.subject.id },
    });
  }
}
