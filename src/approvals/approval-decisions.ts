import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import type { Approval, ApprovalState, Verdict } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalJournal } from './approval-journal.js';
import type { Electorate } from './electorate.js';
import { type Standing, standingOf } from './tally.js';

export interface Ending {
  readonly to: Exclude<ApprovalState, 'waiting'>;
  readonly by: readonly string[];
  readonly reason: string | null;
  readonly summary: string;
}

/** The one way out of `waiting`: compare-and-set, the workflow that waits for it and the record, in the caller's transaction. */
@Injectable()
export class ApprovalDecisions {
  constructor(
    private readonly store: ApprovalStore,
    private readonly durable: Durable,
    private readonly journal: ApprovalJournal,
  ) {}

  /** Decides if the votes suffice by now, or moves on to the stage that waits. Answers how it stands. The row is locked already. */
  async weigh(tx: Tx, id: string, electorate: Electorate): Promise<Approval> {
    const { approval } = await this.store.lock(tx, id);
    const standing = standingOf(approval, electorate);
    const { verdict, counted } = standing;
    if (verdict === null) return this.moveOn(tx, approval, standing);
    const choice = verdict === 'approved' ? 'yes' : 'no';
    const deciding = counted.filter((vote) => vote.choice === choice);
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
    const verdict = { outcome: to, by: [...by], reason } satisfies Verdict;
    await this.durable.enqueue(tx, { ...approval.wakes, args: [...approval.wakes.args, verdict] });
    await this.journal.record(tx, settled, { type: `approval.${to}`, by: by.at(-1) ?? null, summary });
    return settled;
  }

  /** Also back, when somebody whose vote an earlier stage rests on withdrew it or left. */
  private async moveOn(tx: Tx, approval: Approval, { open }: Standing): Promise<Approval> {
    if (open === approval.stage) return approval;
    const { escalated, need } = approval;
    const moved = await this.store.setStage(tx, approval, { stage: open, escalated, begins: true });
    const wanted = (need.stages[open]?.all ?? []).map(({ describe }) => describe).join(' and ');
    const isBack = open < approval.stage;
    await this.journal.record(tx, moved, {
      type: isBack ? 'approval.stage_reopened' : 'approval.stage_opened',
      by: null,
      summary: isBack
        ? `waits for ${wanted} again: a vote does not count any more`
        : `has stage ${open} behind it, and now waits for ${wanted}`,
    });
    return moved;
  }
}
