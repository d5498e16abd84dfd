import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Plan } from './plan.js';
import { type RequestFailure, type RequestRecord, type RequestRow, type RequestState, requestOf } from './request.js';
import { UnknownRequest } from './requests.errors.js';

export interface NewRequest {
  readonly id: string;
  readonly resourceId: string;
  readonly idempotencyKey: string;
  readonly state: RequestState;
  readonly requesterId: string;
  readonly reason: string;
  readonly originChannelId: string | null;
  readonly traceId: string;
  readonly plan: Plan;
  readonly follows?: string;
}

type Source = Pick<Tx, 'query'>;

/** Rows of requests. Every change of state is a compare-and-set: null means that it was not in one of the states before. */
@Injectable()
export class RequestStore {
  constructor(private readonly transactions: Transactions) {}

  /** Null when the key was used before. */
  async insert(tx: Tx, request: NewRequest): Promise<RequestRecord | null> {
    const { plan } = request;
    return one(
      await tx.query<RequestRow>(
        `insert into requests (id, idempotency_key, state, requester_id, team_id, environment, item_name, item_version, item_digest, parameters,
           reason, lease_hours, plan, plan_digest, origin_channel_id, resource_id, trace_id, follows)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) on conflict (idempotency_key) do nothing returning *`,
        [
          request.id,
          request.idempotencyKey,
          request.state,
          request.requesterId,
          plan.teamId,
          plan.environment,
          plan.item.name,
          plan.item.version,
          plan.item.digest,
          JSON.stringify(plan.parameters),
          request.reason,
          plan.leaseHours,
          JSON.stringify(plan),
          plan.digest,
          request.originChannelId,
          request.resourceId,
          request.traceId,
          request.follows ?? null,
        ],
      ),
    );
  }

  async find(id: string, source: Source = this.transactions): Promise<RequestRecord | null> {
    return one(await source.query<RequestRow>('select * from requests where id = $1', [id]));
  }

  async findByKey(key: string): Promise<RequestRecord | null> {
    return one(await this.transactions.query<RequestRow>('select * from requests where idempotency_key = $1', [key]));
  }

  /** The newest that took its place; null when none did. */
  async findSuccessor(id: string): Promise<RequestRecord | null> {
    const sql = 'select * from requests where follows = $1 order by created_at desc limit 1';
    return one(await this.transactions.query<RequestRow>(sql, [id]));
  }

  /** Where each of these stands, by id. */
  async states(ids: readonly string[]): Promise<Map<string, RequestState>> {
    const rows = await this.transactions.query<{ id: string; state: RequestState }>(
      'select id, state from requests where id = any($1)',
      [ids],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  async listFor(personId: string, limit: number): Promise<RequestRecord[]> {
    const rows = await this.transactions.query<RequestRow>(
      'select * from requests where requester_id = $1 order by created_at desc limit $2',
      [personId, limit],
    );
    return rows.map(requestOf);
  }

  async setApproval(tx: Tx, id: string, approvalId: string): Promise<void> {
    await tx.query('update requests set approval_id = $2 where id = $1', [id, approvalId]);
  }

  async setRun(tx: Tx, id: string, runId: string): Promise<void> {
    await tx.query('update requests set run_id = $2, updated_at = now() where id = $1 and run_id is null', [id, runId]);
  }

  /** From `halted` on with another run. */
  async resume(tx: Tx, id: string, runId: string): Promise<RequestRecord | null> {
    return one(
      await tx.query<RequestRow>(
        `update requests set state = 'provisioning', run_id = $2, halted_until = null, version = version + 1, updated_at = now()
         where id = $1 and state = 'halted' returning *`,
        [id, runId],
      ),
    );
  }

  async halt(tx: Tx, id: string, runId: string, failure: RequestFailure, hours: number): Promise<RequestRecord | null> {
    return one(
      await tx.query<RequestRow>(
        `update requests set state = 'halted', failure = $3, halted_until = now() + make_interval(hours => $4), version = version + 1, updated_at = now()
         where id = $1 and state = 'provisioning' and run_id = $2 returning *`,
        [id, runId, JSON.stringify(failure), hours],
      ),
    );
  }

  /** Halted ones whose time is over. */
  async overdueHalts(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from requests where state = 'halted' and halted_until <= now() order by halted_until limit $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  async lock(tx: Tx, id: string): Promise<RequestRecord> {
    const request = one(await tx.query<RequestRow>('select * from requests where id = $1 for update', [id]));
    if (request === null) throw new UnknownRequest();
    return request;
  }

  async move(
    tx: Tx,
    id: string,
    from: readonly RequestState[],
    to: RequestState,
    failure: RequestFailure | null = null,
  ): Promise<RequestRecord | null> {
    const settled = to !== 'awaiting-approval' && to !== 'provisioning' && to !== 'halted';
    return one(
      await tx.query<RequestRow>(
        `update requests set state = $3, failure = coalesce($4, failure), settled_at = case when $5 then now() else settled_at end,
           version = version + 1, updated_at = now() where id = $1 and state = any($2) returning *`,
        [id, from, to, failure === null ? null : JSON.stringify(failure), settled],
      ),
    );
  }
}

function one(rows: RequestRow[]): RequestRecord | null {
  const [row] = rows;
  return row === undefined ? null : requestOf(row);
}
