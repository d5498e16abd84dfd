import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';

/** What a run asks a turn for. */
export interface NewTurn {
  readonly runId: string;
  readonly requestId: string;
  readonly teamId: string;
  readonly environment: string;
  readonly ownerId: string;
  readonly title: string;
  /** What only so many runs may work on at the same time. */
  readonly target: { readonly name: string; readonly limit: number } | null;
}

export interface WaitingTurn extends NewTurn {
  /** How many work on its target. */
  readonly onTarget: number;
}

interface WaitingRow {
  run_id: string;
  request_id: string;
  team_id: string;
  environment: string;
  owner_id: string;
  title: string;
  target: string | null;
  target_limit: number | null;
  on_target: number;
}

/** Rows of turns. Whoever gives one holds the lock: one at a time, over all replicas. */
@Injectable()
export class TurnStore {
  constructor(private readonly transactions: Transactions) {}

  async lock(tx: Tx): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('quartermaster:run-turns', 0))`);
  }

  async insert(tx: Tx, turn: NewTurn): Promise<void> {
    await tx.query(
      `insert into run_turns (run_id, request_id, team_id, environment, owner_id, title, target, target_limit)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (run_id) do nothing`,
      [
        turn.runId,
        turn.requestId,
        turn.teamId,
        turn.environment,
        turn.ownerId,
        turn.title,
        turn.target?.name ?? null,
        turn.target?.limit ?? null,
      ],
    );
  }

  async atWork(tx: Tx): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `select count(*)::int as count from run_turns where state = 'at-work'`,
    );
    return row?.count ?? 0;
  }

  /** In fair order: whose team has the fewest at work and before it comes first, then whose team was served longest ago, then who asked first. Those whose target is full are left out. */
  async waiting(tx: Tx, limit: number): Promise<WaitingTurn[]> {
    const rows = await tx.query<WaitingRow>(
      `with at_work as (select team_id, count(*) as count from run_turns where state = 'at-work' group by team_id),
       served as (select team_id, max(granted_at) as at from run_turns where team_id in (select team_id from run_turns where state = 'waiting') group by team_id),
       placed as (
         select turn.*, row_number() over (partition by team_id order by asked_at, run_id) + coalesce(at_work.count, 0) as place, served.at as served_at,
           (select count(*)::int from run_turns other where other.target = turn.target and other.state in ('at-work', 'resting')) as on_target
         from run_turns turn left join at_work using (team_id) left join served using (team_id) where turn.state = 'waiting')
       select * from placed where target is null or on_target < target_limit order by place, served_at nulls first, asked_at, run_id limit $1`,
      [limit],
    );
    return rows.map((row) => ({
      runId: row.run_id,
      requestId: row.request_id,
      teamId: row.team_id,
      environment: row.environment,
      ownerId: row.owner_id,
      title: row.title,
      target: row.target === null || row.target_limit === null ? null : { name: row.target, limit: row.target_limit },
      onTarget: row.on_target,
    }));
  }

  async move(tx: Tx, runId: string, from: readonly TurnState[], to: TurnState): Promise<boolean> {
    const rows = await tx.query(
      `update run_turns set state = $3, granted_at = case when $3 = 'at-work' then coalesce(granted_at, now()) else granted_at end, version = version + 1
       where run_id = $1 and state = any($2) returning run_id`,
      [runId, from, to],
    );
    return rows.length > 0;
  }

  async state(runId: string): Promise<TurnState | null> {
    const [row] = await this.transactions.query<{ state: TurnState }>('select state from run_turns where run_id = $1', [
      runId,
    ]);
    return row?.state ?? null;
  }

  /** Those that somebody should have given back. */
  async forgotten(limit: number): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select run_id as id from run_turns join runs on runs.id = run_id
       where run_turns.state in ('waiting', 'at-work', 'resting') and runs.state in ('succeeded', 'failed', 'cancelled') limit $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }
}

export type TurnState = 'waiting' | 'at-work' | 'resting' | 'over';
