import { Injectable } from '@nestjs/common';
import type { SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Approval, ApprovalState, OpenApproval } from './approval.js';
import { type ApprovalRow, approvalOf, SELECT_APPROVAL } from './approval-row.js';
import { UnknownApproval } from './approvals.errors.js';
import { waitsFor } from './group-key.js';
import { escalationDue } from './timing.js';

type Source = Pick<Tx, 'query'>;

export interface StageChange {
  readonly stage: number;
  readonly escalated: readonly string[];
  /** The stage begins now; otherwise only who is asked in it has changed. */
  readonly begins: boolean;
}

/** Rows of approvals. Transitions happen under the row's lock, and only out of `waiting`. */
@Injectable()
export class ApprovalStore {
  constructor(private readonly transactions: Transactions) {}

  /** Its time begins now, by the database's clock. */
  async insert(tx: Tx, id: string, wish: OpenApproval): Promise<Approval> {
    const { subject, title, digest, need, requesterId, wakes, traceId } = wish;
    await tx.query(
      `insert into approvals (id, subject_kind, subject_id, state, title, digest, need, requester_id, wakes, expires_at, trace_id,
         waits_for, escalate_at, remind_at, likeness)
       values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, now() + make_interval(secs => $9), $10,
         $11, now() + make_interval(secs => $12), now() + make_interval(secs => $13), $14)`,
      [
        id,
        subject.kind,
        subject.id,
        title,
        digest,
        JSON.stringify(need),
        requesterId,
        JSON.stringify(wakes),
        need.expiresAfterSeconds,
        traceId,
        waitsFor({ need, escalated: [] }, 0),
        escalationDue(need, 0, []),
        need.remindAfterSeconds ?? null,
        wish.likeness === undefined ? null : JSON.stringify(wish.likeness),
      ],
    );
    const approval = await this.find(id, tx);
    if (approval === null) throw new UnknownApproval();
    return approval;
  }

  async find(id: string, source: Source = this.transactions): Promise<Approval | null> {
    const [row] = await source.query<ApprovalRow>(`${SELECT_APPROVAL} where a.id = $1`, [id]);
    return row === undefined ? null : approvalOf(row);
  }

  /** The row, locked until the transaction ends, and whether its time is up by the database's clock. */
  async lock(tx: Tx, id: string): Promise<{ approval: Approval; expired: boolean }> {
    // Read in a second statement: what was committed while this one waited for the lock must be seen.
    await tx.query('select id from approvals where id = $1 for update', [id]);
    const [row] = await tx.query<ApprovalRow>(`${SELECT_APPROVAL} where a.id = $1`, [id]);
    if (row === undefined) throw new UnknownApproval();
    return { approval: approvalOf(row), expired: row.expired };
  }

  async findWaiting(tx: Tx, subject: SubjectRef): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from approvals where subject_kind = $1 and subject_id = $2 and state = 'waiting' order by id`,
      [subject.kind, subject.id],
    );
    return rows.map((row) => row.id);
  }

  /** Those whose open stage asks one of these groups, the first to expire first. */
  async waitingFor(groupKeys: readonly string[], personId: string, limit: number): Promise<Approval[]> {
    const rows = await this.transactions.query<ApprovalRow>(
      `${SELECT_APPROVAL} where a.state = 'waiting' and a.expires_at > now() and a.waits_for && $1::text[] and a.requester_id <> $2
       order by a.expires_at limit $3`,
      [groupKeys, personId, limit],
    );
    return rows.map(approvalOf);
  }

  /** Some of what waits, any of it: whoever looks often sees all. */
  async waiting(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from approvals where state = 'waiting' order by random() limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** Those that wait and have votes. In any order: where there are more than that, each has its turn. */
  async voted(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select a.id from approvals a where a.state = 'waiting' and a.expires_at > now()
         and exists (select 1 from votes v where v.approval_id = a.id and v.digest = a.digest) order by random() limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  async overdue(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from approvals where state = 'waiting' and expires_at <= now() order by expires_at limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** Those whose reminder, or whose escalation, is due. */
  async due(what: 'remind_at' | 'escalate_at', limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from approvals where state = 'waiting' and expires_at > now() and ${what} <= now() order by ${what} limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** The number of the reminder that is due now, once; null when none is. The next one comes as long after this one as this one was due. */
  async takeReminder(tx: Tx, { id, need }: Approval): Promise<number | null> {
    const [row] = await tx.query<{ reminders: number }>(
      `update approvals set reminders = reminders + 1, remind_at = now() + make_interval(secs => $2)
       where id = $1 and remind_at <= now() returning reminders`,
      [id, need.remindAfterSeconds ?? null],
    );
    return row?.reminders ?? null;
  }

  /** How long the open stage has been waiting. */
  async stageSeconds(tx: Tx, id: string): Promise<number> {
    const [row] = await tx.query<{ seconds: number }>(
      'select extract(epoch from now() - stage_since)::float8 as seconds from approvals where id = $1',
      [id],
    );
    return row?.seconds ?? 0;
  }

  /** Another stage, or others who are asked in it. Reminders begin anew with a stage. */
  async setStage(tx: Tx, approval: Approval, { stage, escalated, begins }: StageChange): Promise<Approval> {
    const { id, need } = approval;
    await tx.query(
      `update approvals set stage = $2, escalated = $3, waits_for = $4, version = version + 1,
         stage_since = case when $6 then now() else stage_since end,
         escalate_at = case when $6 then now() else stage_since end + make_interval(secs => $5),
         remind_at = case when $6 then now() + make_interval(secs => $7) else remind_at end,
         reminders = case when $6 then 0 else reminders end
       where id = $1`,
      [
        id,
        stage,
        escalated,
        waitsFor({ need, escalated }, stage),
        escalationDue(need, stage, escalated),
        begins,
        need.remindAfterSeconds ?? null,
      ],
    );
    return (await this.find(id, tx)) ?? approval;
  }

  /** Out of `waiting`, once. Null when somebody else was first. */
  async settle(
    tx: Tx,
    id: string,
    to: Exclude<ApprovalState, 'waiting'>,
    by: readonly string[],
    reason: string | null,
  ): Promise<Approval | null> {
    const rows = await tx.query(
      `update approvals set state = $2, decided_by = $3, decided_reason = $4, decided_at = now(), version = version + 1
       where id = $1 and state = 'waiting' returning id`,
      [id, to, by, reason],
    );
    return rows.length === 0 ? null : this.find(id, tx);
  }
}
