import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { CostEstimate } from './cost-estimate.js';
import type { Place } from './lease.store.js';

export interface NewCommitment extends Place {
  readonly resourceId: string;
  readonly itemName: string;
  /** Slack user id. */
  readonly ownerId: string;
  readonly title: string;
  readonly leaseHours: number;
  readonly cost: CostEstimate;
}

/** A running resource that comes to cost something else. */
export interface ChangedCommitment extends NewCommitment {
  readonly leaseEndsAt: Date | null;
}

export interface Spent {
  readonly amount: number;
  readonly currency: string;
}

type Source = Pick<Tx, 'query'>;

/** The first moment of a month, and of the next, by UTC. */
export const THIS_MONTH = `date_trunc('month', now(), 'UTC')`;
const NEXT_MONTH = `(${THIS_MONTH} at time zone 'UTC' + interval '1 month') at time zone 'UTC'`;

/**
 * What each commitment costs between two moments, by the database's clock. `since` and `until` are as far as it is known now: a
 * planned one begins now, a running one ends with its lease, but goes on costing while it is still there after that.
 */
export const KNOWN = `
  select *, coalesce(started_at, now()) as since,
    coalesce(ended_at, greatest(coalesce(lease_ends_at, now() + make_interval(hours => lease_hours)), now())) as until
  from cost_commitments where state <> 'ended' or started_at is not null`;

/** SQL for the cost of a row of {@link KNOWN} between two SQL moments. */
export function costBetween(from: string, to: string): string {
  return `(hourly * extract(epoch from greatest(interval '0', least(until, ${to}) - greatest(since, ${from}))) / 3600
    + case when since >= ${from} and since < ${to} then once else 0 end)`;
}

/** Rows of what resources cost. Each move is a compare-and-set on the state; repeating one changes nothing. */
@Injectable()
export class CommitmentStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(tx: Tx, commitment: NewCommitment): Promise<void> {
    const { resourceId, teamId, environment, itemName, ownerId, title, leaseHours, cost } = commitment;
    await tx.query(
      `insert into cost_commitments (resource_id, team_id, environment, item_name, owner_id, title, lease_hours, currency, hourly, once)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (resource_id, part) do nothing`,
      [resourceId, teamId, environment, itemName, ownerId, title, leaseHours, cost.currency, cost.hourly, cost.once],
    );
  }

  async start(tx: Tx, resourceId: string, leaseEndsAt: Date | null): Promise<void> {
    await tx.query(
      `update cost_commitments set state = 'running', started_at = now(), lease_ends_at = $2, version = version + 1
       where resource_id = $1 and part = 0 and state = 'planned'`,
      [resourceId, leaseEndsAt],
    );
  }

  async extend(tx: Tx, resourceId: string, leaseEndsAt: Date | null): Promise<void> {
    await tx.query(
      `update cost_commitments set lease_ends_at = $2, version = version + 1
       where resource_id = $1 and (state = 'running' or (state = 'planned' and part > 0))`,
      [resourceId, leaseEndsAt],
    );
  }

  /** With all that it cost this month: a cost stands by one team. */
  async move(tx: Tx, resourceId: string, to: { teamId: string; ownerId: string }): Promise<void> {
    await tx.query(
      `update cost_commitments set team_id = $2, owner_id = $3, version = version + 1
       where resource_id = $1 and exists (select 1 from cost_commitments where resource_id = $1 and state <> 'ended')`,
      [resourceId, to.teamId, to.ownerId],
    );
  }

  /** What it costs by the hour now; null when it costs nothing (yet). */
  async hourly(tx: Tx, resourceId: string): Promise<number | null> {
    const [row] = await tx.query<{ hourly: string }>(
      `select hourly from cost_commitments where resource_id = $1 and state = 'running'`,
      [resourceId],
    );
    return row === undefined ? null : Number(row.hourly);
  }

  /** Counts what a change would add, from now until it has ended. */
  async plan(tx: Tx, commitment: ChangedCommitment): Promise<void> {
    await this.append(tx, commitment, 'planned');
  }

  /** The change did not come, or is what it costs now. */
  async unplan(tx: Tx, resourceId: string): Promise<void> {
    await tx.query(
      `update cost_commitments set state = 'ended', ended_at = now(), version = version + 1
       where resource_id = $1 and part > 0 and state = 'planned'`,
      [resourceId],
    );
  }

  /** From now on it costs that. */
  async change(tx: Tx, commitment: ChangedCommitment): Promise<void> {
    await tx.query(
      `update cost_commitments set state = 'ended', ended_at = now(), version = version + 1
       where resource_id = $1 and state = 'running'`,
      [commitment.resourceId],
    );
    if (commitment.cost.lines.length > 0) await this.append(tx, commitment, 'running');
  }

  /** What it cost in all; null when that is nothing, or it had ended before. */
  async end(tx: Tx, resourceId: string): Promise<Spent | null> {
    const [row] = await tx.query<{ amount: string | null; currency: string | null }>(
      `with over as (
         update cost_commitments set state = 'ended', ended_at = now(), version = version + 1
         where resource_id = $1 and state <> 'ended' returning currency)
       select (select currency from over limit 1) as currency,
         (select sum(once + hourly * extract(epoch from coalesce(ended_at, now()) - started_at) / 3600) from cost_commitments
          where resource_id = $1 and started_at is not null and currency in (select currency from over)) as amount`,
      [resourceId],
    );
    const amount = Number(row?.amount ?? 0);
    return row?.currency == null || amount === 0 ? null : { amount, currency: row.currency };
  }

  /** What a team will have spent when this month is over, if nothing changes but that `without` costs nothing from now on; and the hours that are left of it. */
  async committed(
    teamId: string,
    source: Source = this.transactions,
    without: string | null = null,
  ): Promise<{ amount: number; hoursLeft: number; month: string }> {
    const [row] = await source.query<{ amount: string; hours_left: string; month: string }>(
      `select coalesce(sum(case when resource_id is distinct from $2 then ${costBetween(THIS_MONTH, NEXT_MONTH)}
           when started_at is not null then ${costBetween(THIS_MONTH, 'now()')} else 0 end), 0) as amount,
         extract(epoch from ${NEXT_MONTH} - now()) / 3600 as hours_left, to_char(now() at time zone 'UTC', 'YYYY-MM') as month
       from (${KNOWN}) as known where team_id = $1 and (ended_at is null or ended_at > ${THIS_MONTH})`,
      [teamId, without],
    );
    return { amount: Number(row?.amount), hoursLeft: Number(row?.hours_left), month: row?.month ?? '' };
  }

  private async append(tx: Tx, commitment: ChangedCommitment, state: 'planned' | 'running'): Promise<void> {
    const { resourceId, teamId, environment, itemName, ownerId, title, leaseHours, leaseEndsAt, cost } = commitment;
    const values = [resourceId, teamId, environment, itemName, ownerId, title, leaseHours, leaseEndsAt];
    await tx.query(
      `insert into cost_commitments (resource_id, part, team_id, environment, item_name, owner_id, title, lease_hours, lease_ends_at,
         currency, hourly, once, state, started_at)
       select $1, coalesce(max(part), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $12 = 'running' then now() end
       from cost_commitments where resource_id = $1`,
      [...values, cost.currency, cost.hourly, cost.once, state],
    );
  }
}
