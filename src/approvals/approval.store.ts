import { Injectable } from '@nestjs/common';
import type { SubjectRef } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import {
  type Approval,
  type ApprovalRow,
  type ApprovalState,
  approvalOf,
  type Choice,
  type OpenApproval,
  type Via,
  type VoteRow,
} from './approval.js';
import { UnknownApproval } from './approvals.errors.js';

const SELECT = 'select *, expires_at <= now() as expired from approvals';

type Source = Pick<Tx, 'query'>;

export interface LateVote {
  readonly personId: string;
  readonly what: Choice | 'withdrawn';
}

/** Rows of approvals and votes. Transitions happen under the row's lock, and only out of `waiting`. */
@Injectable()
export class ApprovalStore {
  constructor(private readonly transactions: Transactions) {}

  /** Its time begins now, by the database's clock. */
  async insert(tx: Tx, id: string, wish: OpenApproval): Promise<Approval> {
    const { subject, title, digest, need, requesterId, workflowId, traceId } = wish;
    const [row] = await tx.query<ApprovalRow>(
      `insert into approvals (id, subject_kind, subject_id, state, title, digest, need, requester_id, workflow_id, expires_at, trace_id)
       values ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, now() + make_interval(secs => $9), $10) returning *, false as expired`,
      [
        id,
        subject.kind,
        subject.id,
        title,
        digest,
        JSON.stringify(need),
        requesterId,
        workflowId,
        need.expiresAfterSeconds,
        traceId,
      ],
    );
    if (row === undefined) throw new UnknownApproval();
    return approvalOf(row, []);
  }

  async find(id: string, source: Source = this.transactions): Promise<Approval | null> {
    const [approval] = await this.withVotes(source, await source.query<ApprovalRow>(`${SELECT} where id = $1`, [id]));
    return approval ?? null;
  }

  /** The row, locked until the transaction ends, and whether its time is up by the database's clock. */
  async lock(tx: Tx, id: string): Promise<{ approval: Approval; expired: boolean }> {
    const rows = await tx.query<ApprovalRow>(`${SELECT} where id = $1 for update`, [id]);
    const [approval] = await this.withVotes(tx, rows);
    if (approval === undefined) throw new UnknownApproval();
    return { approval, expired: rows[0]?.expired ?? false };
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
    return this.withVotes(this.transactions, rows);
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

  /** False when the same was noted before. */
  async noteLateVote(tx: Tx, approvalId: string, { personId, what }: LateVote): Promise<boolean> {
    const rows = await tx.query(
      'insert into late_votes (approval_id, person_id, what) values ($1, $2, $3) on conflict do nothing returning what',
      [approvalId, personId, what],
    );
    return rows.length > 0;
  }

  /** A number for a reading of reactions that begins now: a later one has a higher number. */
  async beginReading(id: string): Promise<string> {
    const [row] = await this.transactions.query<{ readings_begun: string }>(
      'update approvals set readings_begun = readings_begun + 1 where id = $1 returning readings_begun',
      [id],
    );
    if (row === undefined) throw new UnknownApproval();
    return row.readings_begun;
  }

  /** False when a reading that began later was counted already. */
  async takeReading(tx: Tx, id: string, reading: string): Promise<boolean> {
    const rows = await tx.query(
      'update approvals set reading_counted = $2 where id = $1 and reading_counted < $2 returning id',
      [id, reading],
    );
    return rows.length > 0;
  }

  /** Out of `waiting`, once. Null when somebody else was first. */
  async settle(
    tx: Tx,
    id: string,
    to: Exclude<ApprovalState, 'waiting'>,
    by: readonly string[],
    reason: string | null,
  ): Promise<Approval | null> {
    const rows = await tx.query<ApprovalRow>(
      `update approvals set state = $2, decided_by = $3, decided_reason = $4, decided_at = now(), version = version + 1
       where id = $1 and state = 'waiting' returning *, false as expired`,
      [id, to, by, reason],
    );
    const [approval] = await this.withVotes(tx, rows);
    return approval ?? null;
  }

  private async withVotes(source: Source, rows: readonly ApprovalRow[]): Promise<Approval[]> {
    if (rows.length === 0) return [];
    // Votes are bound to the digest: one cast on other arguments is not a vote on these.
    const votes = await source.query<VoteRow>(
      `select v.approval_id, v.person_id, v.choice, v.via, v.reason, v.cast_at from votes v
       join approvals a on a.id = v.approval_id and a.digest = v.digest
       where v.approval_id = any($1) order by v.cast_at, v.person_id`,
      [rows.map((row) => row.id)],
    );
    return rows.map((row) =>
      approvalOf(
        row,
        votes.filter((vote) => vote.approval_id === row.id),
      ),
    );
  }
}
