import { Injectable } from '@nestjs/common';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Approval } from './approval.js';
import { ApprovalStore } from './approval.store.js';
import { ApprovalDecisions } from './approval-decisions.js';
import { ApprovalJournal } from './approval-journal.js';
import { ApprovalMeasures } from './approval-measures.js';
import { askedIn, type Electorate } from './electorate.js';
import { Electorates } from './electorates.js';
import { placeKey } from './group-key.js';
import { standingOf } from './tally.js';

/** A large group is reminded by the card in its channel. */
const MOST_REMINDED = 10;

/** What is done about an approval that waits for long: those who are asked are reminded, then others may agree in their place. */
@Injectable()
export class FollowUps {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ApprovalStore,
    private readonly electorates: Electorates,
    private readonly decisions: ApprovalDecisions,
    private readonly notices: Notices,
    private readonly journal: ApprovalJournal,
    private readonly measures: ApprovalMeasures,
  ) {}

  /** Reminds those who are asked and have not voted, if that is due by the database's clock. One replica does. */
  async remind(id: string): Promise<void> {
    const before = await this.store.find(id);
    if (before === null) return;
    const electorate = await this.electorates.lately(before);
    await this.transactions.run(async (tx) => {
      const { approval, expired } = await this.store.lock(tx, id);
      const number = await this.store.takeReminder(tx, approval);
      if (number === null || expired || approval.state !== 'waiting') return;
      const people = stillAsked(approval, electorate).slice(0, MOST_REMINDED);
      for (const personId of people) await this.post(tx, approval, number, personId);
      const summary = `reminded ${people.length} who are asked and have not voted`;
      await this.journal.record(tx, approval, { type: 'approval.reminded', by: null, summary });
    });
  }

  /** Lets others agree in the place of groups that were too long in coming, if that is due by the database's clock. */
  async escalate(id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const { approval, expired } = await this.store.lock(tx, id);
      if (approval.state !== 'waiting' || expired) return;
      const waited = await this.store.stageSeconds(tx, id);
      const due = dueIn(approval, waited);
      if (due.length === 0) return;
      const escalated = [...approval.escalated, ...due.map(({ key }) => key)];
      const after = await this.store.setStage(tx, approval, { stage: approval.stage, escalated, begins: false });
      const instead = due.map(({ describe }) => describe).join(' and ');
      const summary = `was escalated: by now also ${instead} may agree`;
      await this.journal.record(tx, after, { type: 'approval.escalated', by: null, summary });
    });
  }

  /** After people left or came back: decides what is enough by now, and asks a stage again that is not. May be repeated. */
  async reweigh(id: string): Promise<void> {
    const before = await this.store.find(id);
    if (before?.state !== 'waiting') return;
    const { verdict, open } = standingOf(before, await this.electorates.lately(before));
    if (verdict === null && open === before.stage) return;
    const electorate = await this.electorates.fresh(before);
    const ended = await this.transactions.run(async (tx) => {
      const { approval, expired } = await this.store.lock(tx, id);
      if (approval.state !== 'waiting' || expired) return null;
      const after = await this.decisions.weigh(tx, id, electorate);
      return after.state === 'waiting' ? null : after;
    });
    if (ended !== null) this.measures.ended(ended);
  }

  private async post(tx: Tx, approval: Approval, number: number, personId: string): Promise<void> {
    const { id, title, stageSince, expiresAt, requesterId } = approval;
    await this.notices.post(tx, {
      key: `approval-reminder:${id}:${stageSince.getTime()}:${number}:${personId}`,
      to: { kind: 'person', personId },
      template: 'approval-reminder',
      data: { approvalId: id, title, requesterId, expiresAt: expiresAt.toISOString() },
    });
  }
}

function stillAsked(approval: Approval, electorate: Electorate): string[] {
  const voted = new Set(standingOf(approval, electorate).counted.map(({ personId }) => personId));
  const away = new Set(electorate.away.map(({ personId }) => personId));
  return [...askedIn(electorate, approval.stage)].filter((id) => !voted.has(id) && !away.has(id));
}

function dueIn({ need, stage, escalated }: Approval, waited: number): { key: string; describe: string }[] {
  return (need.stages[stage]?.all ?? []).flatMap(({ escalation }, group) => {
    const key = placeKey(stage, group);
    if (escalation === undefined || escalated.includes(key) || escalation.afterSeconds > waited) return [];
    return [{ key, describe: escalation.describe }];
  });
}
