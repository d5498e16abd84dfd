import type { StepTemplate } from '../../catalog/index.js';
import type { SubjectRef } from '../../platform/changes/index.js';
import type { Json, JsonObject } from '../../shared/index.js';

/**
 * `apply`, `step` and `operate` run actions forwards; `destroy` and `rollback` take back what such runs made; `reconcile` makes
 * again what one of them made, and never takes it back; `upgrade` makes what lives what a newer version asks for, and on failure
 * what it was before.
 */
export type RunKind = 'apply' | 'destroy' | 'step' | 'rollback' | 'operate' | 'reconcile' | 'upgrade';
export type RunState = 'waiting' | 'running' | 'compensating' | 'succeeded' | 'failed' | 'cancelled';
export type StepRunState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'compensating'
  | 'compensated'
  | 'compensation-failed';

/** Why a step did not work, in a sentence for a person. */
export interface StepFailure {
  readonly code: string;
  readonly sentence: string;
}

/** One step's part in a run. */
export interface StepRun {
  readonly position: number;
  readonly name: string;
  readonly title: string;
  readonly action: string;
  readonly state: StepRunState;
  /** How many have ended, well or not. One that a crash cut off is no attempt of its own. */
  readonly attempts: number;
  readonly idempotencyKey: string;
  readonly template: StepTemplate;
  readonly output: JsonObject | null;
  /** What the action needs to read or destroy what it made. */
  readonly actionState: JsonObject | null;
  readonly failure: StepFailure | null;
  readonly progress: string | null;
  /** The middle of what this step took lately; null when it never ran to its end. */
  readonly expectedSeconds: number | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** One durable execution of a list of steps. */
export interface Run {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly kind: RunKind;
  readonly state: RunState;
  /** What the expressions of its steps see, besides the outputs of earlier steps. */
  readonly scope: JsonObject;
  readonly onFailure: 'undo' | 'keep';
  /** Who asked it to stop: Slack user id. */
  readonly cancelledBy: string | null;
  /** The run that failed where this one goes on. */
  readonly continuesRunId: string | null;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly steps: readonly StepRun[];
}

export interface RunRow {
  id: string;
  subject_kind: SubjectRef['kind'];
  subject_id: string;
  kind: RunKind;
  state: RunState;
  scope: JsonObject;
  on_failure: 'undo' | 'keep';
  cancelled_by: string | null;
  continues_run_id: string | null;
  trace_id: string;
  created_at: Date;
  ended_at: Date | null;
}

export interface StepRunRow {
  position: number;
  name: string;
  title: string;
  action: string;
  template: StepTemplate;
  state: StepRunState;
  attempts: number;
  idempotency_key: string;
  output: JsonObject | null;
  action_state: JsonObject | null;
  failure: StepFailure | null;
  progress: string | null;
  expected_seconds: number | null;
  started_at: Date | null;
  ended_at: Date | null;
}

export function runOf(row: RunRow, steps: readonly StepRunRow[]): Run {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id },
    kind: row.kind,
    state: row.state,
    scope: row.scope,
    onFailure: row.on_failure,
    cancelledBy: row.cancelled_by,
    continuesRunId: row.continues_run_id,
    traceId: row.trace_id,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    steps: steps.map(stepRunOf),
  };
}

function stepRunOf(row: StepRunRow): StepRun {
  return {
    position: row.position,
    name: row.name,
    title: row.title,
    action: row.action,
    state: row.state,
    attempts: row.attempts,
    idempotencyKey: row.idempotency_key,
    template: row.template,
    output: row.output,
    actionState: row.action_state,
    failure: row.failure,
    progress: row.progress,
    expectedSeconds: row.expected_seconds,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** The step at a position that the run itself told. */
export function stepAt(run: Run, position: number): StepRun {
  const step = run.steps[position];
  if (step === undefined) throw new Error(`Run ${run.id} has no step ${position}.`);
  return step;
}

/** What steps gave, by name: an object each, for a loop a list with one for each turn. */
export function outputsOf(steps: readonly StepRun[]): JsonObject {
  const outputs: Record<string, { output: Json }> = {};
  for (const { name, output, template } of steps) {
    if (output === null) continue;
    const turns = outputs[name]?.output;
    outputs[name] = {
      output: template.loop === undefined ? output : [...(Array.isArray(turns) ? turns : []), output],
    };
  }
  return outputs;
}

/** Runs whose steps are taken back rather than made. */
export function isReverse(kind: RunKind): boolean {
  return kind === 'destroy' || kind === 'rollback';
}
