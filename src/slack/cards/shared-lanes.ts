import { Injectable } from '@nestjs/common';
import { Transactions } from '../../platform/database/index.js';

/** Slack takes one message a second in a channel, whoever sends it. */
export const PACE_MILLISECONDS = 1_000;

/**
 * The pace that all replicas keep together, by the database's time. {@link CardStore.claim} takes a lane along with its card; what
 * Slack itself wants of one replica is heeded by all.
 */
@Injectable()
export class SharedLanes {
  constructor(private readonly transactions: Transactions) {}

  /** False while another message was sent there too lately. */
  async take(lane: string): Promise<boolean> {
    const taken = await this.transactions.query(
      `${TAKE_LANE} values ($1, now() + $2 * interval '1 millisecond') ${IF_FREE}`,
      [lane, PACE_MILLISECONDS],
    );
    return taken.length > 0;
  }

  /** Slack said to wait. */
  async hold(lane: string, seconds: number): Promise<void> {
    await this.transactions.query(
      `${TAKE_LANE} values ($1, now() + make_interval(secs => $2))
       on conflict (lane) do update set free_at = greatest(slack_lanes.free_at, excluded.free_at)`,
      [lane, seconds],
    );
  }
}

export const TAKE_LANE = 'insert into slack_lanes (lane, free_at)';
export const IF_FREE =
  'on conflict (lane) do update set free_at = excluded.free_at where slack_lanes.free_at <= now() returning lane';
