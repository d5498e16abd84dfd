import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { AppError } from '../shared/index.js';
import { costBetween, KNOWN } from './commitment.store.js';
import { exact } from './cost-estimate.js';

/** What a team's resources of one item in one environment cost in a month. */
export interface ShowbackRow {
  readonly teamId: string;
  readonly itemName: string;
  readonly environment: string;
  readonly currency: string;
  readonly resources: number;
  /** Until now, or until the month was over. */
  readonly spent: number;
  /** When the month is over, if nothing changes. */
  readonly expected: number;
}

export interface Showback {
  /** `2026-11`, by UTC. */
  readonly month: string;
  readonly isOver: boolean;
  /** The dearest first. */
  readonly rows: readonly ShowbackRow[];
}

export class NoSuchMonth extends AppError {
  readonly code = 'quotas.no_such_month';
}

interface Row {
  team_id: string;
  item_name: string;
  environment: string;
  currency: string;
  resources: string;
  spent: string;
  expected: string;
}

/** Who spent what in a month. Whoever asks has to see to it that the person may see these teams. */
@Injectable()
export class Showbacks {
  constructor(private readonly transactions: Transactions) {}

  /** The month that is going on unless another is named as `2026-11`. @throws NoSuchMonth */
  async month(teamIds: readonly string[], wanted?: string): Promise<Showback> {
    if (wanted !== undefined && !/^20\d\d-(0[1-9]|1[0-2])$/.test(wanted))
      throw new NoSuchMonth('A month is written like 2026-11. Nothing was looked up.');
    const [frame] = await this.transactions.query<{ month: string; begins: Date; ends: Date; over: boolean }>(
      `select to_char(first, 'YYYY-MM') as month, first at time zone 'UTC' as begins, (first + interval '1 month') at time zone 'UTC' as ends,
         (first + interval '1 month') at time zone 'UTC' <= now() as over
       from (select coalesce(to_date($1, 'YYYY-MM')::timestamp, date_trunc('month', now() at time zone 'UTC')) as first) as month`,
      [wanted ?? null],
    );
    if (frame === undefined) throw new NoSuchMonth('There is no such month. Nothing was looked up.');
    const rows = await this.transactions.query<Row>(
      `select team_id, item_name, environment, currency, count(distinct resource_id) as resources,
         sum(${costBetween('$2::timestamptz', 'least($3::timestamptz, now())')}) as spent,
         sum(${costBetween('$2::timestamptz', '$3::timestamptz')}) as expected
       from (${KNOWN}) as known
       where team_id = any($1) and since < $3 and until > $2 and (ended_at is null or ended_at > $2)
       group by 1, 2, 3, 4 order by expected desc, 1, 2, 3`,
      [teamIds, frame.begins, frame.ends],
    );
    return { month: frame.month, isOver: frame.over, rows: rows.map(rowOf) };
  }
}

function rowOf(row: Row): ShowbackRow {
  return {
    teamId: row.team_id,
    itemName: row.item_name,
    environment: row.environment,
    currency: row.currency,
    resources: Number(row.resources),
    spent: exact(Number(row.spent)),
    expected: exact(Number(row.expected)),
  };
}
