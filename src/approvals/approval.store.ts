import { Injectable } from '@nestjs/common';
import type { SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import {
  type Approval,
  type ApprovalRow,
  type ApprovalState,
  approvalOf,
  type Choice,
  type Via,
  type VoteRow,
} from './approval.js';
import { UnknownApproval } from './approvals.errors.js';

const SELECT = 'select *, expires_at <= now() as expired from approvals';

type Source = Pick<Tx, 'query'>;

/** Rows of approvals and votes. Transitions happen under the row's lock, and only out of `waiting`. */
@Injectable()
export class ApprovalStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(
    tx: Tx,
    approval: Omit<Approval, 'state' | 'decidedBy' | 'decidedReason' | 'decidedAt' | 'createdAt' | 'votes'>,
  ): Promise<Approval> {
    const { id, subject, title, digest, need, requesterId, workflowId, expiresAt, traceId } = approval;
    const [row] = await tx.query<ApprovalRow>(
      `insert into approvals (id, subject_kind, subject_id, state, title, digest, need, requester_id, workflow_id, expires_at, trace_id)
       values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, $9, $10) returning *, false as expired`,
      [id, subject.kind, subject.id, title, digest, JSON.stringify(need), requesterId, workflowId, expiresAt, traceId],
    );
    if (row === undefined) throw new UnknownApproval();
    return approvalOf(row, []);
  }

  async find(id: string, source: Source = this.transactions): Promise<Approval | null> {
    const [row] = await source.query<ApprovalRow>(`${SELECT} where id = $1`, [id]);
    return row === undefined ? null : this.whole(row, source);
  }

  /** The row, locked until the transaction ends, and whether its time is up by the database's clock. */
  async lock(tx: Tx, id: string): Promise<{ approval: Approval; expired: boolean }> {
    const [row] = await tx.query<ApprovalRow>(`${SELECT} where id = $1 for update`, [id]);
    if (row === undefined) throw new UnknownApproval();
    return { approval: await this.whole(row, tx), expired: row.expired };
  }

  async findWaiting(tx: Tx, subject: SubjectRef): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from approvals where subject_kind = $1 and subject_id = $2 and state = 'waiting' order by id`,
      [subject.kind, subject.id],
    );
    return rows.map((row) => row.id);
  }

  async allWaiting(limit: number): Promise<Approval[]> {
    const rows = await this.transactions.query<ApprovalRow>(
      `${SELECT} where state = 'waiting' and expires_at > now() order by expires_at limit $1`,
      [limit],
    );
    return Promise.all(rows.map((row) => this.whole(row, this.transactions)));
  }

  async overdue(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from approvals where state = 'waiting' and expires_at <= now() order by expires_at limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  async putVote(
    tx: Tx,
    approval: Approval,
    vote: { personId: string; choice: Choice; via: Via; reason: string | null },
  ): Promise<void> {
    await tx.query(
      `insert into votes (approval_id, person_id, choice, via, digest, reason) values ($1, $2, $3, $4, $5, $6)
       on conflict (approval_id, person_id) do update set choice = $3, via = $4, digest = $5, reason = $6, cast_at = now()`,
      [approval.id, vote.personId, vote.choice, vote.via, approval.digest, vote.reason],
    );
  }

  async removeVote(tx: Tx, approvalId: string, personId: string): Promise<void> {
    await tx.query('delete from votes where approval_id = $1 and person_id = $2', [approvalId, personId]);
  }

  /** Out of `waiting`, once. Null when somebody else was first. */
  async settle(
    tx: Tx,
    id: string,
    to: Exclude<ApprovalState, 'waiting'>,
    by: readonly string[],
    reason: string | null,
  ): Promise<Approval | null> {
    const [row] = await tx.query<ApprovalRow>(
      `update approvals set state = $2, decided_by = $3, decided_reason = $4, decided_at = now(), version = version + 1
       where id = $1 and state = 'waiting' returning *, false as expired`,
      [id, to, by, reason],
    );
    return row === undefined ? null : this.whole(row, tx);
  }

  private async whole(row: ApprovalRow, source: Source): Promise<Approval> {
    // Votes are bound to the digest: one cast on other arguments is not a vote on these.
    const votes = await source.query<VoteRow>(
      'select person_id, choice, via, reason, cast_at from votes where approval_id = $1 and digest = $2 order by cast_at, person_id',
      [row.id, row.digest],
    );
    return approvalOf(row, votes);
  }
}
