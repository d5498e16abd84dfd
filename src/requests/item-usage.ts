import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';

export interface Usage {
  /** Ever. */
  readonly requested: number;
  /** The newer a request the more it counts: half as much each 30 days. Says something only beside that of another item. */
  readonly weight: number;
}

/** How long it took lately, in seconds. */
export interface Timings {
  /** Requests that it was measured on. */
  readonly measured: number;
  /** From the go-ahead to ready: half of them were faster. */
  readonly median: number;
  /** Nine of ten were faster. */
  readonly slowest: number;
  /** Half of the approvals were faster; null when none was needed. */
  readonly approval: number | null;
}

const LATELY = 50;
/** An item is counted in so many rows, as each is locked until the transaction ends. */
const SHARDS = 32;

/** How much items are requested, and how long they take. Flat however long the history is: a count is kept, the latest are indexed. */
@Injectable()
export class ItemUsage {
  constructor(private readonly transactions: Transactions) {}

  /** One more, at the end of the transaction that makes it. */
  count(tx: Tx, itemName: string): void {
    tx.atEnd(async () => {
      await tx.query(
        `insert into item_usage (item_name, shard, requested, weight)
         values ($1, floor(random() * $2), 1, power(2, extract(epoch from now() - timestamptz '2026-01-01 00:00Z') / 2592000))
         on conflict (item_name, shard) do update
           set requested = item_usage.requested + 1, weight = item_usage.weight + excluded.weight`,
        [itemName, SHARDS],
      );
    });
  }

  async all(): Promise<ReadonlyMap<string, Usage>> {
    const rows = await this.transactions.query<Usage & { name: string }>(
      `select item_name as name, sum(requested)::double precision as requested, sum(weight) as weight
       from item_usage group by item_name`,
    );
    return new Map(rows.map(({ name, requested, weight }) => [name, { requested, weight }]));
  }

  /** Null when nothing of it was ever made. */
  async timings(itemName: string): Promise<Timings | null> {
    const [row] = await this.transactions.query<Timings>(
      `select count(*)::integer as measured,
         percentile_cont(0.5) within group (order by making) as median,
         percentile_cont(0.9) within group (order by making) as slowest,
         percentile_cont(0.5) within group (order by approving) as approval
       from (
         select extract(epoch from request.settled_at - coalesce(approval.decided_at, request.created_at))::double precision as making,
           extract(epoch from approval.decided_at - request.created_at)::double precision as approving
         from requests request left join approvals approval on approval.id = request.approval_id
         where request.item_name = $1 and request.state = 'ready' order by request.settled_at desc limit $2) as lately`,
      [itemName, LATELY],
    );
    return row === undefined || row.measured === 0 ? null : row;
  }
}
