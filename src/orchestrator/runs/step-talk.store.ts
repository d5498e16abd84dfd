import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../../platform/database/index.js';
import type { StepFailure } from './run.js';

/** Of one step. What it says beyond is counted, not kept. */
const MOST_LINES_KEPT = 5_000;
const MOST_LINES_READ = 50_000;

/** A line that a step said. */
export interface SaidLine {
  readonly position: number;
  readonly line: string;
  readonly at: Date;
}

/** How one attempt of a step ended. */
export interface Attempt {
  readonly position: number;
  /** Null: it worked. */
  readonly failure: StepFailure | null;
  readonly endedAt: Date;
}

/** How much a step has said, and how much of it was told to people, how often. */
export interface Said {
  readonly said: number;
  readonly told: number;
  readonly times: number;
}

export interface Talked extends Said {
  /** Since it was told something the last time, or since it began. */
  readonly silentSeconds: number;
}

/** What steps say, and how their attempts ended. Rows are only added. */
@Injectable()
export class StepTalkStore {
  constructor(private readonly transactions: Transactions) {}

  /** What the steps of a run said, oldest first. */
  async output(runId: string): Promise<SaidLine[]> {
    return this.transactions.query(
      'select position, line, at from step_output where run_id = $1 order by id limit $2',
      [runId, MOST_LINES_READ],
    );
  }

  /** Oldest first. */
  async attempts(runId: string): Promise<Attempt[]> {
    return this.transactions.query(
      'select position, failure, ended_at as "endedAt" from step_attempts where run_id = $1 order by id',
      [runId],
    );
  }

  /** Lines a step said, as many of them as are kept. */
  async add(tx: Tx, runId: string, position: number, lines: readonly string[]): Promise<Talked> {
    await tx.query('update step_runs set output_lines = output_lines + $3 where run_id = $1 and position = $2', [
      runId,
      position,
      lines.length,
    ]);
    const talked = await this.talked(tx, runId, position);
    const room = Math.max(0, MOST_LINES_KEPT - (talked.said - lines.length));
    await tx.query('insert into step_output (run_id, position, line) select $1, $2, unnest($3::text[])', [
      runId,
      position,
      lines.slice(0, room),
    ]);
    return talked;
  }

  private async talked(tx: Tx, runId: string, position: number): Promise<Talked> {
    const [row] = await tx.query<Talked>(
      `select output_lines as said, told_lines as told, told_times as times,
         extract(epoch from clock_timestamp() - coalesce(told_at, started_at, clock_timestamp()))::float8 as "silentSeconds"
       from step_runs where run_id = $1 and position = $2`,
      [runId, position],
    );
    return row ?? { said: 0, told: 0, times: 0, silentSeconds: 0 };
  }

  /** They have been told up to there. */
  async tell(tx: Tx, runId: string, position: number, told: number): Promise<void> {
    await tx.query(
      `update step_runs set told_lines = $3, told_times = told_times + 1, told_at = clock_timestamp()
       where run_id = $1 and position = $2`,
      [runId, position, told],
    );
  }

  /** Which request made a resource. */
  async requestOf(tx: Tx, resourceId: string): Promise<string | null> {
    const [row] = await tx.query<{ id: string | null }>('select request_id as id from resources where id = $1', [
      resourceId,
    ]);
    return row?.id ?? null;
  }

  async linesOf(tx: Tx, runId: string, position: number, from: number, count: number): Promise<string[]> {
    const rows = await tx.query<{ line: string }>(
      'select line from step_output where run_id = $1 and position = $2 order by id offset $3 limit $4',
      [runId, position, from, count],
    );
    return rows.map(({ line }) => line);
  }
}
