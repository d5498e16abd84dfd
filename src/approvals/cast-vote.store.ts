import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Choice } from './approval.js';

/** A vote as it was clicked, before it is known whether it counts. */
export interface CastVote {
  readonly id: string;
  readonly approvalId: string;
  readonly personId: string;
  readonly choice: Choice | 'withdrawn';
  readonly reason: string | null;
  readonly castAt: Date;
}

interface Row {
  id: string;
  approval_id: string;
  person_id: string;
  choice: CastVote['choice'];
  reason: string | null;
  cast_at: Date;
}

/** Whoever counts a vote has this long; then another may. Longer than Slack takes to say who may vote. */
const CLAIM_SECONDS = 60;

/** Rows of votes as they were clicked. Written before the click is acknowledged, counted once. */
@Injectable()
export class CastVoteStore {
  constructor(private readonly transactions: Transactions) {}

  /** Null when there is no such approval. */
  async write(vote: Omit<CastVote, 'id' | 'castAt'>): Promise<CastVote | null> {
    // Whoever writes it down counts it; others may after a while.
    const [row] = await this.transactions.query<Row>(
      `insert into cast_votes (approval_id, person_id, choice, reason, not_before)
       select id, $2, $3, $4, now() + make_interval(secs => $5) from approvals where id = $1 returning *`,
      [vote.approvalId, vote.personId, vote.choice, vote.reason, CLAIM_SECONDS],
    );
    return row === undefined ? null : castOf(row);
  }

  /** Those nobody is at work on, oldest first; for a while they are the caller's. */
  async claim(limit: number): Promise<CastVote[]> {
    const rows = await this.transactions.query<Row>(
      `with due as (
         select id from cast_votes where state = 'waiting' and not_before <= now() order by id limit $1 for update skip locked)
       update cast_votes c set attempts = attempts + 1, not_before = now() + make_interval(secs => $2)
       from due where c.id = due.id returning c.*`,
      [limit, CLAIM_SECONDS],
    );
    return rows.map(castOf).sort((one, other) => Number(BigInt(one.id) - BigInt(other.id)));
  }

  /** Those of an approval that are not counted yet, whoever is at work on them. */
  async waiting(approvalId: string): Promise<CastVote[]> {
    const rows = await this.transactions.query<Row>(
      `select * from cast_votes where approval_id = $1 and state = 'waiting' order by id`,
      [approvalId],
    );
    return rows.map(castOf);
  }

  /** Gives it back: it is tried again soon. */
  async release(id: string, afterSeconds: number): Promise<void> {
    await this.transactions.query(
      `update cast_votes set not_before = now() + make_interval(secs => $2) where id = $1 and state = 'waiting'`,
      [id, afterSeconds],
    );
  }

  /**
   * Marks it counted, once. `outdated` when the same person's later vote was counted already: then this one changes nothing.
   * Call it under the lock of the approval.
   */
  async take(tx: Tx, { id, approvalId, personId }: CastVote): Promise<'mine' | 'counted' | 'outdated'> {
    const taken = await tx.query(
      `update cast_votes set state = 'counted' where id = $1 and state = 'waiting' returning id`,
      [id],
    );
    if (taken.length === 0) return 'counted';
    const later = await tx.query(
      `select id from cast_votes where approval_id = $1 and person_id = $2 and id > $3 and state = 'counted' limit 1`,
      [approvalId, personId, id],
    );
    return later.length === 0 ? 'mine' : 'outdated';
  }
}

function castOf(row: Row): CastVote {
  return {
    id: row.id,
    approvalId: row.approval_id,
    personId: row.person_id,
    choice: row.choice,
    reason: row.reason,
    castAt: row.cast_at,
  };
}
