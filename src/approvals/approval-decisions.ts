import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import type { Approval, ApprovalState } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalJournal } from './approval-journal.js';
import { verdictOf } from './tally.js';

export interface Ending {
  readonly to: Exclude<ApprovalState, 'waiting'>;
  readonly by: readonly string[];
  readonly reason: string | null;
  readonly summary: string;
}

/** The one way out of `waiting`: compare-and-set, the message that wakes the workflow and the record, in the caller's transaction. */
@Injectable()
export class ApprovalDecisions {
  constructor(
    private readonly store: ApprovalStore,
    private readonly durable: Durable,
    private readonly journal: ApprovalJournal,
  ) {}

  /** Decides if the votes suffice by now. Answers how it stands. The row is locked already. */
  async weigh(tx: Tx, id: string, eligible: ReadonlySet<string>): Promise<Approval> {
    const { approval } = await this.store.lock(tx, id);
    const verdict = verdictOf(approval.votes, eligible, approval.requesterId, approval.need.count);
    if (verdict === null) return approval;
    const choice = verdict === 'approved' ? 'yes' : 'no';
    const deciding = approval.votes.filter((vote) => vote.choice === choice && eligible.has(vote.personId));
    const reason = deciding.find((vote) => vote.reason !== null)?.reason ?? null;
    return this.settle(tx, approval, {
      to: verdict,
      by: deciding.map((vote) => vote.personId),
      reason,
      summary: reason === null ? verdict : `${verdict}: ${reason}`,
    });
  }

  /** Whoever comes second finds it settled, and changes nothing. */
  async settle(tx: Tx, approval: Approval, { to, by, reason, summary }: Ending): Promise<Approval> {
    const settled = await this.store.settle(tx, approval.id, to, by, reason);
    if (settled === null) return (await this.store.lock(tx, approval.id)).approval;
    const message = { outcome: to, by: [...by], reason };
    await this.durable.send(tx, approval.workflowId, message, 'approval', `approval:${approval.id}`);
    await this.journal.record(tx, settled, { type: `approval.${to}`, by: by.at(-1) ?? null, summary });
    return settled;
  }
}
