import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Approval, Choice, Via, Vote } from './approval.js';
import { UnknownApproval } from './approvals.errors.js';

export type VoteWish = Omit<Vote, 'castAt'>;

export interface LateVote {
  readonly personId: string;
  readonly what: Choice | 'withdrawn';
}

/** Rows of votes, of those that came too late, and of those that did not count. */
@Injectable()
export class VoteStore {
  constructor(private readonly transactions: Transactions) {}

  async put(tx: Tx, approval: Approval, vote: VoteWish): Promise<void> {
    const { personId, choice, via, stage, onBehalfOf, standingId, reason } = vote;
    await tx.query(
      `insert into votes (approval_id, person_id, choice, via, digest, reason, stage, on_behalf_of, standing_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (approval_id, person_id) do update
       set choice = $3, via = $4, digest = $5, reason = $6, stage = $7, on_behalf_of = $8, standing_id = $9, cast_at = now()`,
      [approval.id, personId, choice, via, approval.digest, reason, stage, onBehalfOf, standingId],
    );
    await this.forgetRefused(tx, approval.id, personId);
  }

  async remove(tx: Tx, approvalId: string, personId: string): Promise<void> {
    await tx.query('delete from votes where approval_id = $1 and person_id = $2', [approvalId, personId]);
  }

  /** False when the same was noted before. */
  async noteLate(tx: Tx, approvalId: string, { personId, what }: LateVote): Promise<boolean> {
    const rows = await tx.query(
      'insert into late_votes (approval_id, person_id, what) values ($1, $2, $3) on conflict do nothing returning what',
      [approvalId, personId, what],
    );
    return rows.length > 0;
  }

  /** False when the same was noted before. */
  async noteRefused(
    tx: Tx,
    approvalId: string,
    refused: { personId: string; via: Exclude<Via, 'standing'>; why: string },
  ): Promise<boolean> {
    const { personId, via, why } = refused;
    const rows = await tx.query(
      `insert into refused_votes (approval_id, person_id, via, why) values ($1, $2, $3, $4)
       on conflict (approval_id, person_id) do update set via = $3, why = $4, at = now() where refused_votes.why <> $4 returning why`,
      [approvalId, personId, via, why],
    );
    return rows.length > 0;
  }

  async forgetRefused(tx: Tx, approvalId: string, personId: string): Promise<void> {
    await tx.query('delete from refused_votes where approval_id = $1 and person_id = $2', [approvalId, personId]);
  }

  /** Those who took their reaction off again. Answers whether there were any. */
  async forgetRefusedReactions(tx: Tx, approvalId: string, stillThere: readonly string[]): Promise<boolean> {
    const rows = await tx.query(
      `delete from refused_votes where approval_id = $1 and via = 'reaction' and person_id <> all($2) returning person_id`,
      [approvalId, stillThere],
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
}
