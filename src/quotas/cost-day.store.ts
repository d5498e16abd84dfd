import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { costBetween, KNOWN } from './commitment.store.js';

/** All resources of one team, environment and item. */
export interface Series {
  readonly teamId: string;
  readonly environment: string;
  readonly itemName: string;
  readonly currency: string;
}

export interface SeriesDay extends Series {
  readonly amount: number;
  /** One amount for each day before, zero where there was nothing, from the first day it ever cost something. */
  readonly history: readonly number[];
}

export interface Riser {
  readonly resourceId: string;
  /** Slack user id. */
  readonly ownerId: string;
  readonly title: string;
}

/** Longer ago than this nobody wants to know by the day; a month is always shown from the commitments themselves. */
const OLDEST_DAYS = 92;

/** Daily cost records: written once a day, never changed. Days are those of UTC. */
@Injectable()
export class CostDayStore {
  constructor(private readonly transactions: Transactions) {}

  /** Days that are over and not recorded yet, `2026-11-22`, the oldest first. */
  async due(): Promise<string[]> {
    const rows = await this.transactions.query<{ day: string }>(
      `select to_char(past.day, 'YYYY-MM-DD') as day from generate_series(
         greatest((select min(started_at at time zone 'UTC')::date from cost_commitments), (now() at time zone 'UTC')::date - ${OLDEST_DAYS}),
         (now() at time zone 'UTC')::date - 1, interval '1 day') as past (day)
       where not exists (select 1 from cost_days_recorded as recorded where recorded.day = past.day::date) order by past.day`,
    );
    return rows.map(({ day }) => day);
  }

  /** False when it was recorded already. */
  async record(tx: Tx, day: string): Promise<boolean> {
    const first = await tx.query(
      'insert into cost_days_recorded (day) values ($1) on conflict do nothing returning day',
      [day],
    );
    if (first.length === 0) return false;
    const [from, to] = [`($1::date::timestamp at time zone 'UTC')`, `(($1::date + 1)::timestamp at time zone 'UTC')`];
    await tx.query(
      `insert into cost_days (day, resource_id, team_id, environment, item_name, owner_id, currency, amount)
       select $1::date, resource_id, team_id, environment, item_name, owner_id, currency, sum(cost) from (
         select *, ${costBetween(from, to)} as cost from (${KNOWN}) as known where since < ${to} and until > ${from} and (ended_at is null or ended_at > ${from})) as costing
       where cost > 0 group by resource_id, team_id, environment, item_name, owner_id, currency on conflict do nothing`,
      [day],
    );
    return true;
  }

  /** Everything that cost something on that day, with what it cost on the days before. */
  async seriesOf(tx: Tx, day: string, historyDays: number): Promise<SeriesDay[]> {
    const rows = await tx.query<{
      team_id: string;
      environment: string;
      item_name: string;
      currency: string;
      amount: string;
      history: string[] | null;
    }>(
      `with today as (
         select team_id, environment, item_name, currency, sum(amount) as amount from cost_days where day = $1::date group by 1, 2, 3, 4)
       select today.*, (
         select array_agg(coalesce(spent.amount, 0) order by past.day) from generate_series(
           greatest($1::date - $2::integer, (select min(day) from cost_days as any_day
             where any_day.team_id = today.team_id and any_day.environment = today.environment and any_day.item_name = today.item_name)),
           $1::date - 1, interval '1 day') as past (day)
         left join lateral (
           select sum(amount) as amount from cost_days as earlier where earlier.team_id = today.team_id
             and earlier.environment = today.environment and earlier.item_name = today.item_name
             and earlier.currency = today.currency and earlier.day = past.day::date) as spent on true) as history
       from today order by team_id, environment, item_name`,
      [day, historyDays],
    );
    return rows.map((row) => ({
      teamId: row.team_id,
      environment: row.environment,
      itemName: row.item_name,
      currency: row.currency,
      amount: Number(row.amount),
      history: (row.history ?? []).map(Number),
    }));
  }

  /** The resource whose cost rose most against its own days before. */
  async riser(
    tx: Tx,
    day: string,
    { teamId, environment, itemName }: Series,
    historyDays: number,
  ): Promise<Riser | null> {
    const [row] = await tx.query<{ resource_id: string; owner_id: string; title: string }>(
      `select spent.resource_id, spent.owner_id, commitment.title from cost_days as spent
       join lateral (
         select title from cost_commitments where resource_id = spent.resource_id order by part desc limit 1) as commitment on true
       where spent.day = $1::date and spent.team_id = $2 and spent.environment = $3 and spent.item_name = $4
       order by spent.amount - coalesce((select sum(amount) / $5 from cost_days as earlier where earlier.resource_id = spent.resource_id
         and earlier.day >= $1::date - $5::integer and earlier.day < $1::date), 0) desc, spent.resource_id limit 1`,
      [day, teamId, environment, itemName, historyDays],
    );
    return row === undefined ? null : { resourceId: row.resource_id, ownerId: row.owner_id, title: row.title };
  }

  /** False when it was found already. */
  async found(
    tx: Tx,
    day: string,
    { teamId, environment, itemName, currency, amount }: SeriesDay,
    { usual, threshold, told }: { usual: number; threshold: number; told: string },
  ): Promise<boolean> {
    const rows = await tx.query(
      `insert into cost_anomalies (day, team_id, environment, item_name, currency, amount, usual, threshold, told)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning day`,
      [day, teamId, environment, itemName, currency, amount, usual, threshold, told],
    );
    return rows.length > 0;
  }

  /** Whether the day before was remarkable as well: then everything has been said. */
  async wentOn(tx: Tx, day: string, { teamId, environment, itemName }: Series): Promise<boolean> {
    const rows = await tx.query(
      'select 1 from cost_anomalies where day = $1::date - 1 and team_id = $2 and environment = $3 and item_name = $4',
      [day, teamId, environment, itemName],
    );
    return rows.length > 0;
  }
}
