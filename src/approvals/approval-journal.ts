import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/index.js';
import { Changes, type SubjectRef } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import type { Approval } from './approval.js';

export interface ApprovalEvent {
  /** Past tense, `approval.voted`. */
  readonly type: string;
  /** Slack user id; null when time or the product decided. */
  readonly by: string | null;
  readonly summary: string;
}

/** What every change of an approval leaves behind: marks for the cards and an audit event on the trail of what it is about. */
@Injectable()
export class ApprovalJournal {
  constructor(
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  /** Call it last in the transaction. */
  async record(tx: Tx, approval: Approval, { type, by, summary }: ApprovalEvent): Promise<void> {
    const { id, digest, traceId, subject } = approval;
    const whole = wholeOf(subject);
    await this.mark(tx, approval);
    await this.audit.append(tx, {
      type,
      actor: actorOf(by),
      subject: whole,
      traceId,
      summary,
      data: { approvalId: id, digest, about: subject.id },
    });
  }

  /** These may look otherwise, and nothing else changed. */
  markAll(tx: Tx, ids: readonly string[]): Promise<void> {
    return this.changes.mark(tx, ...ids.map((id) => ({ kind: 'approval' as const, id })));
  }

  /** For what only changes how it looks. */
  mark(tx: Tx, { id, requesterId, subject }: Approval): Promise<void> {
    return this.changes.mark(tx, { kind: 'approval', id }, wholeOf(subject), { kind: 'person', id: requesterId });
  }
}

/** A step's approval belongs on the trail and the card of its incident. */
function wholeOf({ kind, id }: SubjectRef): SubjectRef {
  return { kind, id: id.split('/', 1)[0] ?? id };
}

function actorOf(by: string | null): AuditActor {
  return by === null ? { kind: 'system', id: 'approvals' } : { kind: 'person', id: by };
}
