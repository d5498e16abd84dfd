import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { type QueuedRequest, type QueuedRow, type QueuedState, queuedOf } from './queued-request.js';

export type NewQueued = Omit<QueuedRequest, 'state' | 'requestId' | 'outcome' | 'createdAt' | 'expiresAt'>;

const KEPT = '7 days';
const CLAIM = '60 seconds';
const LISTED = 10;
const AT_ONCE = 100;
type Source = Pick<Tx, 'query'>;

/** Rows of the queue. Every change of state is a compare-and-set: null means that somebody else was first. */
@Injectable()
export class QueueStore {
  constructor(private readonly transactions: Transactions) {}

  /** Null when this draft is in the queue already. */
  async insert(tx: Tx, queued: NewQueued): Promise<QueuedRequest | null> {
    return one(
      await tx.query<QueuedRow>(
        `insert into queued_requests (id, idempotency_key, person_id, team_id, environment, item_name, title, content, plan_digest, wants, trace_id, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + interval '${KEPT}') on conflict (idempotency_key) do nothing returning *`,
        [
          queued.id,
          queued.idempotencyKey,
          queued.personId,
          queued.teamId,
          queued.environment,
          queued.itemName,
          queued.title,
          JSON.stringify(queued.content),
          queued.planDigest,
          JSON.stringify(queued.wants),
          queued.traceId,
        ],
      ),
    );
  }

  async find(id: string): Promise<QueuedRequest | null> {
    return one(await this.transactions.query<QueuedRow>('select * from queued_requests where id = $1', [id]));
  }

  async findByKey(key: string): Promise<QueuedRequest | null> {
    return one(
      await this.transactions.query<QueuedRow>('select * from queued_requests where idempotency_key = $1', [key]),
    );
  }

  /** Those that wait, the oldest first. */
  async waitingOf(personId: string): Promise<QueuedRequest[]> {
    const rows = await this.transactions.query<QueuedRow>(
      'select * from queued_requests where person_id = $1 and settled_at is null order by created_at limit $2',
      [personId, LISTED],
    );
    return rows.map(queuedOf);
  }

  /** Those that wait or were left half opened, the oldest first: one replica's turn at the queue. */
  async waiting(): Promise<QueuedRequest[]> {
    const rows = await this.transactions.query<QueuedRow>(
      'select * from queued_requests where settled_at is null order by created_at, id limit $1',
      [AT_ONCE],
    );
    return rows.map(queuedOf);
  }

  /** How many wait for any of the same units in the same place, and came before. */
  async ahead(
    { id, teamId, environment, wants, createdAt }: QueuedRequest,
    source: Source = this.transactions,
  ): Promise<number> {
    const [row] = await source.query<{ count: string }>(
      `select count(*) as count from queued_requests
       where settled_at is null and team_id = $1 and environment = $2 and wants ?| $3 and (created_at, id) < ($4, $5)`,
      [teamId, environment, Object.keys(wants), createdAt, id],
    );
    return Number(row?.count ?? 0);
  }

  /** For one replica at a time; a claim that was left behind runs out. */
  async claim(tx: Tx, id: string): Promise<QueuedRequest | null> {
    return one(
      await tx.query<QueuedRow>(
        `update queued_requests set state = 'opening', claimed_until = now() + interval '${CLAIM}', version = version + 1
         where id = $1 and (state = 'waiting' or (state = 'opening' and claimed_until < now())) returning *`,
        [id],
      ),
    );
  }

  async move(
    tx: Tx,
    id: string,
    from: readonly QueuedState[],
    to: QueuedState,
    more: { requestId?: string; outcome?: string } = {},
  ): Promise<QueuedRequest | null> {
    return one(
      await tx.query<QueuedRow>(
        `update queued_requests set state = $3, request_id = coalesce($4, request_id), outcome = coalesce($5, outcome), claimed_until = null,
           settled_at = case when $3 = 'waiting' then null else now() end, version = version + 1
         where id = $1 and state = any($2) returning *`,
        [id, from, to, more.requestId ?? null, more.outcome ?? null],
      ),
    );
  }

  /** Ids of those that waited too long. */
  async overdue(): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from queued_requests where state = 'waiting' and expires_at <= now() order by expires_at limit $1`,
      [AT_ONCE],
    );
    return rows.map(({ id }) => id);
  }
}

function one(rows: QueuedRow[]): QueuedRequest | null {
  const [row] = rows;
  return row === undefined ? null : queuedOf(row);
}
