import { Injectable } from '@nestjs/common';
import type { SubjectRef } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { AppError, type JsonObject } from '../../shared/index.js';
import {
  type Run,
  type RunKind,
  type RunRow,
  type RunState,
  runOf,
  type StepFailure,
  type StepRun,
  type StepRunRow,
  type StepRunState,
} from './run.js';

export class UnknownRun extends AppError {
  readonly code = 'orchestrator.unknown_run';
}

type Source = Pick<Tx, 'query'>;
const STEP_COLUMNS =
  'position, name, title, action, template, state, attempts, idempotency_key, output, action_state, failure, progress, started_at, ended_at';

/** Rows of runs and their steps. Nothing is deleted; every change of state is a compare-and-set. */
@Injectable()
export class RunStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(
    tx: Tx,
    run: { id: string; subject: SubjectRef; kind: RunKind; scope: JsonObject; traceId: string },
    steps: readonly Pick<StepRun, 'name' | 'title' | 'action' | 'template' | 'actionState'>[],
  ): Promise<void> {
    await tx.query(
      `insert into runs (id, subject_kind, subject_id, kind, state, scope, trace_id) values ($1, $2, $3, $4, 'waiting', $5, $6)`,
      [run.id, run.subject.kind, run.subject.id, run.kind, JSON.stringify(run.scope), run.traceId],
    );
    for (const [position, step] of steps.entries()) {
      await tx.query(
        `insert into step_runs (run_id, position, name, title, action, template, state, idempotency_key, action_state) values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)`,
        [
          run.id,
          position,
          step.name,
          step.title,
          step.action,
          JSON.stringify(step.template),
          `run:${run.id}:${position}`,
          step.actionState === null ? null : JSON.stringify(step.actionState),
        ],
      );
    }
  }

  async find(id: string, source: Source = this.transactions): Promise<Run | null> {
    const [row] = await source.query<RunRow>('select * from runs where id = $1', [id]);
    if (row === undefined) return null;
    return runOf(
      row,
      await source.query<StepRunRow>(`select ${STEP_COLUMNS} from step_runs where run_id = $1 order by position`, [id]),
    );
  }

  /** @throws UnknownRun */
  async get(id: string, source: Source = this.transactions): Promise<Run> {
    const run = await this.find(id, source);
    if (run === null) throw new UnknownRun('This run is not known. Nothing was changed; tell the platform team.');
    return run;
  }

  /** Which of these have ended, or never were. */
  async over(ids: readonly string[]): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select wanted.id from unnest($1::text[]) as wanted (id) left join runs on runs.id = wanted.id
       where runs.id is null or runs.state in ('succeeded', 'failed', 'cancelled')`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  async move(tx: Tx, id: string, from: readonly RunState[], to: RunState): Promise<boolean> {
    const ended = to === 'succeeded' || to === 'failed' || to === 'cancelled';
    const rows = await tx.query(
      `update runs set state = $3, started_at = coalesce(started_at, now()), ended_at = case when $4 then now() else ended_at end, version = version + 1
       where id = $1 and state = any($2) returning id`,
      [id, from, to, ended],
    );
    return rows.length > 0;
  }

  async moveStep(
    tx: Tx,
    runId: string,
    position: number,
    from: readonly StepRunState[],
    to: StepRunState,
    more: { input?: JsonObject; output?: JsonObject; actionState?: JsonObject; countsAttempt?: boolean } = {},
  ): Promise<boolean> {
    const ended = to !== 'running' && to !== 'compensating';
    const rows = await tx.query(
      `update step_runs set state = $4, input = coalesce($5, input), output = coalesce($6, output), action_state = coalesce($7, action_state),
         attempts = attempts + $8, started_at = coalesce(started_at, now()), ended_at = case when $9 then now() else ended_at end
       where run_id = $1 and position = $2 and state = any($3) returning position`,
      [
        runId,
        position,
        from,
        to,
        json(more.input),
        json(more.output),
        json(more.actionState),
        more.countsAttempt === true ? 1 : 0,
        ended,
      ],
    );
    return rows.length > 0;
  }

  /** Answers how many attempts have ended; null when the step is settled. */
  async noteFailure(
    tx: Tx,
    runId: string,
    position: number,
    failure: StepFailure,
    countsAttempt: boolean,
  ): Promise<number | null> {
    const [row] = await tx.query<{ attempts: number }>(
      `update step_runs set failure = $3, attempts = attempts + $4
       where run_id = $1 and position = $2 and state in ('waiting', 'running') returning attempts`,
      [runId, position, JSON.stringify(failure), countsAttempt ? 1 : 0],
    );
    return row?.attempts ?? null;
  }

  async setProgress(tx: Tx, runId: string, position: number, line: string): Promise<void> {
    await tx.query(
      `update step_runs set progress = $3 where run_id = $1 and position = $2 and state in ('running', 'compensating')`,
      [runId, position, line],
    );
  }
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
