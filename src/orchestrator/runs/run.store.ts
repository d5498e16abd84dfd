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
import type { Said } from './step-talk.store.js';

export class UnknownRun extends AppError {
  readonly code = 'orchestrator.unknown_run';
}

type Source = Pick<Tx, 'query'>;

export interface RunInsert {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly kind: RunKind;
  readonly scope: JsonObject;
  readonly traceId: string;
  readonly onFailure?: 'undo' | 'keep';
  readonly continuesRunId?: string;
}

export interface StepInsert extends Pick<StepRun, 'name' | 'title' | 'action' | 'template' | 'actionState'> {
  readonly state?: 'waiting' | 'succeeded';
  /** Another run's, to go on with what it left. */
  readonly idempotencyKey?: string;
  readonly output?: JsonObject | null;
}

const STEP_COLUMNS =
  'position, name, title, action, template, state, attempts, idempotency_key, output, action_state, failure, progress, expected_seconds, started_at, ended_at';

/** Rows of runs and their steps. Nothing is deleted; every change of state is a compare-and-set. */
@Injectable()
export class RunStore {
  constructor(private readonly transactions: Transactions) {}

  async insert(tx: Tx, run: RunInsert, steps: readonly StepInsert[]): Promise<void> {
    await tx.query(
      `insert into runs (id, subject_kind, subject_id, kind, state, scope, trace_id, on_failure, continues_run_id)
       values ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8)`,
      [
        run.id,
        run.subject.kind,
        run.subject.id,
        run.kind,
        JSON.stringify(run.scope),
        run.traceId,
        run.onFailure ?? 'undo',
        run.continuesRunId ?? null,
      ],
    );
    const rows = steps.map((step, position) => ({
      position,
      name: step.name,
      title: step.title,
      action: step.action,
      template: step.template,
      state: step.state ?? 'waiting',
      idempotency_key: step.idempotencyKey ?? `run:${run.id}:${position}`,
      output: step.output ?? null,
      action_state: step.actionState,
    }));
    // What a step usually takes is the middle of its last twenty times.
    await tx.query(
      `insert into step_runs (run_id, position, name, title, action, template, state, idempotency_key, output, action_state, expected_seconds)
       select $1, position, name, title, action, template, state, idempotency_key, nullif(output, 'null'), nullif(action_state, 'null'),
         (select percentile_cont(0.5) within group (order by seconds) from (
            select extract(epoch from ended_at - started_at) as seconds from step_runs as earlier
            where earlier.action = step.action and earlier.name = step.name and earlier.state = 'succeeded'
            order by ended_at desc limit 20) as lately)
       from jsonb_to_recordset($2) as step (position integer, name text, title text, action text, template jsonb, state text,
         idempotency_key text, output jsonb, action_state jsonb)`,
      [run.id, JSON.stringify(rows)],
    );
  }

  async find(id: string, source: Source = this.transactions): Promise<Run | null> {
    const run = () => source.query<RunRow>('select * from runs where id = $1', [id]);
    const steps = () =>
      source.query<StepRunRow>(`select ${STEP_COLUMNS} from step_runs where run_id = $1 order by position`, [id]);
    // A transaction asks one thing at a time.
    const [[row], rows] =
      source === this.transactions ? await Promise.all([run(), steps()]) : [await run(), await steps()];
    return row === undefined ? null : runOf(row, rows);
  }

  /** @throws UnknownRun */
  async get(id: string, source: Source = this.transactions): Promise<Run> {
    const run = await this.find(id, source);
    if (run === null) throw new UnknownRun('This run is not known. Nothing was changed; tell the platform team.');
    return run;
  }

  /** What was done to a living resource, oldest first. An upgrade that failed may have left something new. */
  async operationsOn(resourceId: string): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select id from runs where subject_kind = 'resource' and subject_id = $1
         and (kind = 'operate' or (kind = 'upgrade' and state = 'failed')) order by created_at`,
      [resourceId],
    );
    return rows.map(({ id }) => id);
  }

  /** All runs about one of these, oldest first. */
  async runsOf(subjects: readonly SubjectRef[]): Promise<string[]> {
    const rows = await this.transactions.query<{ id: string }>(
      `select runs.id from runs join unnest($1::text[], $2::text[]) as about (kind, id)
         on runs.subject_kind = about.kind and runs.subject_id = about.id order by created_at, runs.id`,
      [subjects.map(({ kind }) => kind), subjects.map(({ id }) => id)],
    );
    return rows.map(({ id }) => id);
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

  /** A run that is to stop never becomes `succeeded`. */
  async move(tx: Tx, id: string, from: readonly RunState[], to: RunState): Promise<boolean> {
    const ended = to === 'succeeded' || to === 'failed' || to === 'cancelled';
    const rows = await tx.query(
      `update runs set state = $3, started_at = coalesce(started_at, now()), ended_at = case when $4 then now() else ended_at end, version = version + 1
       where id = $1 and state = any($2) and ($3 <> 'succeeded' or cancelled_by is null) returning id`,
      [id, from, to, ended],
    );
    return rows.length > 0;
  }

  /**
   * Answers what it has said by then; null when it had moved already. That a step succeeded need not be on the disk before the durable
   * engine's own record of it, which is written next: should the server lose both, the step is done again under its key.
   */
  async moveStep(
    tx: Tx,
    runId: string,
    position: number,
    from: readonly StepRunState[],
    to: StepRunState,
    more: { input?: JsonObject; output?: JsonObject; actionState?: JsonObject; countsAttempt?: boolean } = {},
  ): Promise<Said | null> {
    const ended = to !== 'running' && to !== 'compensating';
    const [moved] = await tx.query<Said>(
      `with moved as (
         update step_runs set state = $4, input = coalesce($5, input), output = coalesce($6, output), action_state = coalesce($7, action_state),
           attempts = attempts + $8, started_at = coalesce(started_at, now()), ended_at = case when $9 then now() else ended_at end
         where run_id = $1 and position = $2 and state = any($3)
         returning position, output_lines as said, told_lines as told, told_times as times),
       ended as (insert into step_attempts (run_id, position) select $1, position from moved where $8 > 0)
       select said, told, times, case when $4 = 'succeeded' then set_config('synchronous_commit', 'off', true) end from moved`,
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
    return moved ?? null;
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
      `with noted as (
         update step_runs set failure = $3, attempts = attempts + $4
         where run_id = $1 and position = $2 and state in ('waiting', 'running') returning position, attempts),
       ended as (insert into step_attempts (run_id, position, failure) select $1, position, $3 from noted)
       select attempts from noted`,
      [runId, position, JSON.stringify(failure), countsAttempt ? 1 : 0],
    );
    return row?.attempts ?? null;
  }

  /** Asks it to stop. False when it has ended, is being undone, or was asked before. */
  async cancel(tx: Tx, id: string, by: string): Promise<boolean> {
    const rows = await tx.query(
      `update runs set cancelled_by = $2, version = version + 1
       where id = $1 and state in ('waiting', 'running') and cancelled_by is null and kind in ('apply', 'step', 'operate', 'upgrade') returning id`,
      [id, by],
    );
    return rows.length > 0;
  }

  async isCancelled(id: string): Promise<boolean> {
    const [row] = await this.transactions.query<{ cancelled: boolean }>(
      'select cancelled_by is not null as cancelled from runs where id = $1',
      [id],
    );
    return row?.cancelled ?? false;
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
