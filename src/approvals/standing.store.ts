import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Approval } from './approval.js';
import { type Likeness, likenessSchema } from './likeness.js';

/** A yes given beforehand to what is similar to something approved: for a day, so many times, until it is revoked. */
export interface StandingApproval {
  readonly id: string;
  readonly state: 'in-force' | 'revoked';
  readonly grantedBy: string;
  /** The approval it was given with. */
  readonly approvalId: string;
  readonly likeness: Likeness;
  /** Free texts that may differ. */
  readonly varying: readonly string[];
  /** For this person's requests only; null: for anybody's. */
  readonly requesterId: string | null;
  readonly maxCount: number;
  readonly used: number;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
  readonly traceId: string;
}

interface Row {
  id: string;
  state: StandingApproval['state'];
  granted_by: string;
  approval_id: string;
  likeness: unknown;
  varying: string[];
  requester_id: string | null;
  max_count: number;
  used: number;
  granted_at: Date;
  expires_at: Date;
  trace_id: string;
}

const USABLE = `s.state = 'in-force' and s.expires_at > now() and s.used < s.max_count`;

/** Rows of standing approvals. Each use is counted under its row's lock, so that there are never more than were agreed to. */
@Injectable()
export class StandingStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(
    tx: Tx,
    wish: Omit<StandingApproval, 'state' | 'used' | 'grantedAt' | 'expiresAt'> & { readonly hours: number },
  ): Promise<StandingApproval> {
    const { likeness } = wish;
    const [row] = await tx.query<Row>(
      `insert into standing_approvals (id, granted_by, approval_id, item_name, team_id, environment, likeness, varying, requester_id,
         max_count, expires_at, trace_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(hours => $11), $12) returning *`,
      [
        wish.id,
        wish.grantedBy,
        wish.approvalId,
        likeness.itemName,
        likeness.teamId,
        likeness.environment,
        JSON.stringify(likeness),
        wish.varying,
        wish.requesterId,
        wish.maxCount,
        wish.hours,
        wish.traceId,
      ],
    );
    if (row === undefined) throw new Error('A standing approval that was inserted is not there.');
    return standingOf(row);
  }

  async find(id: string): Promise<StandingApproval | null> {
    const [row] = await this.transactions.query<Row>('select * from standing_approvals where id = $1', [id]);
    return row === undefined ? null : standingOf(row);
  }

  /** Those that might let this approval through: still to be compared. */
  async candidates({ likeness, requesterId }: Approval): Promise<StandingApproval[]> {
    if (likeness === null) return [];
    const rows = await this.transactions.query<Row>(
      `select s.* from standing_approvals s where ${USABLE} and s.item_name = $1 and s.team_id = $2 and s.environment = $3
         and s.granted_by <> $4 and (s.requester_id is null or s.requester_id = $4) order by s.expires_at, s.id limit 50`,
      [likeness.itemName, likeness.teamId, likeness.environment, requesterId],
    );
    return rows.map(standingOf);
  }

  /** Waiting approvals for which there may be one. In any order: those that turn out not to be similar never stand before the rest for good. */
  async unserved(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select a.id from approvals a where a.state = 'waiting' and a.expires_at > now() and exists (
         select 1 from standing_approvals s where ${USABLE}
           and s.item_name = a.likeness ->> 'itemName' and s.team_id = a.likeness ->> 'teamId'
           and s.environment = a.likeness ->> 'environment' and s.granted_by <> a.requester_id
           and (s.requester_id is null or s.requester_id = a.requester_id)
           and not exists (select 1 from votes v where v.approval_id = a.id and v.person_id = s.granted_by and v.digest = a.digest))
       order by random() limit $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** Counts one use. Null when it is used up, over or revoked by now. */
  async use(tx: Tx, id: string): Promise<StandingApproval | null> {
    const [row] = await tx.query<Row>(
      `update standing_approvals s set used = s.used + 1, version = s.version + 1 where s.id = $1 and ${USABLE} returning s.*`,
      [id],
    );
    return row === undefined ? null : standingOf(row);
  }

  /** Null when it was revoked before. */
  async revoke(tx: Tx, id: string, by: string): Promise<StandingApproval | null> {
    const [row] = await tx.query<Row>(
      `update standing_approvals set state = 'revoked', revoked_by = $2, revoked_at = now(), version = version + 1
       where id = $1 and state = 'in-force' returning *`,
      [id, by],
    );
    return row === undefined ? null : standingOf(row);
  }

  /** Approvals that still wait and hold a vote of one that was revoked. */
  revoked(limit: number): Promise<{ approvalId: string; standingId: string }[]> {
    return this.transactions.query(
      `select a.id as "approvalId", s.id as "standingId" from standing_approvals s join votes v on v.standing_id = s.id
         join approvals a on a.id = v.approval_id
       where s.state = 'revoked' and a.state = 'waiting' order by s.revoked_at desc limit $1`,
      [limit],
    );
  }

  /** Whose vote it gave to an approval; null when it gave none. */
  async voterBy(tx: Tx, id: string, approvalId: string): Promise<string | null> {
    const [row] = await tx.query<{ person_id: string }>(
      'select person_id from votes where standing_id = $1 and approval_id = $2',
      [id, approvalId],
    );
    return row?.person_id ?? null;
  }

  /** In force: of this person, and of everybody for these teams. */
  async listInForce(personId: string, teamIds: readonly string[]): Promise<StandingApproval[]> {
    const rows = await this.transactions.query<Row>(
      `select s.* from standing_approvals s where ${USABLE} and (s.granted_by = $1 or s.team_id = any($2))
       order by s.expires_at limit 20`,
      [personId, teamIds],
    );
    return rows.map(standingOf);
  }
}

function standingOf(row: Row): StandingApproval {
  return {
    id: row.id,
    state: row.state,
    grantedBy: row.granted_by,
    approvalId: row.approval_id,
    likeness: likenessSchema.parse(row.likeness),
    varying: row.varying,
    requesterId: row.requester_id,
    maxCount: row.max_count,
    used: row.used,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    traceId: row.trace_id,
  };
}
