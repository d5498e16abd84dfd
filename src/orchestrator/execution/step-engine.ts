import { Injectable } from '@nestjs/common';
import { Expressions, type LivingStep } from '../../catalog/index.js';
import { Logger, withTrace } from '../../platform/logging/index.js';
import { Redactor } from '../../secrets/index.js';
import { canonicalJson, type JsonObject } from '../../shared/index.js';
import { ActionFailed, type AnyAction, type Facts, type Made as Living } from '../action.js';
import { ActionRegistry } from '../action-registry.js';
import {
  isReverse,
  outputsOf,
  type Run,
  RunStore,
  type StepRun,
  type StepRunState,
  stepAt,
  turnScope,
} from '../runs/index.js';
import { Rests } from './rests.js';
import { type RunEvent, RunJournal } from './run-journal.js';
import { failureOf, TryAgain, verdictOn } from './step-failure.js';
import { StepCancelled } from './time-limit.js';
import { type EffectVerb, VerbRunner } from './verb-runner.js';

type Outcome = 'done' | 'skipped' | 'failed' | 'cancelled';

const OPEN: readonly StepRunState[] = ['waiting', 'running'];
/** Null: there is something to do. */
const SETTLED: Readonly<Record<StepRunState, Outcome | null>> = {
  waiting: null,
  running: null,
  succeeded: 'done',
  skipped: 'skipped',
  failed: 'failed',
  compensating: 'failed',
  compensated: 'failed',
  'compensation-failed': 'failed',
};

/** `stopping`: somebody cancelled it at the last moment. */
export type RunEnd = 'succeeded' | 'failed' | 'cancelled' | 'stopping';

/** What a worker needs to know to walk through a run. */
export interface Itinerary {
  readonly reverse: boolean;
  /** One after the other; the steps of each at the same time. */
  readonly stages: readonly (readonly ItineraryStep[])[];
}

export interface ItineraryStep {
  readonly position: number;
  readonly name: string;
  readonly attempts: number;
  readonly backoffSeconds: number;
  /** What is done without it stays done. */
  readonly isLast?: true;
}

/**
 * One step at a time: intent written → effect → result written. Each method may be repeated after a crash at any point:
 * what was recorded is not done again, what may have happened is adopted by the action under the same idempotency key.
 */
@Injectable()
export class StepEngine {
  constructor(
    private readonly store: RunStore,
    private readonly registry: ActionRegistry,
    private readonly expressions: Expressions,
    private readonly journal: RunJournal,
    private readonly verbs: VerbRunner,
    private readonly rests: Rests,
    private readonly redactor: Redactor,
    private readonly logger: Logger,
  ) {}

  async start(runId: string): Promise<Itinerary> {
    const run = await this.store.get(runId);
    const summary = `${WORDS[run.kind]} started, ${run.steps.length} step${run.steps.length === 1 ? '' : 's'}`;
    await withTrace(run.traceId, () =>
      this.journal.moveRun(run, ['waiting'], 'running', { type: 'run.started', summary }),
    );
    return { reverse: isReverse(run.kind), stages: stagesOf(run) };
  }

  /** One attempt. @throws TryAgain while it may still work */
  async attempt(runId: string, position: number): Promise<Outcome> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    const settled = SETTLED[step.state];
    if (settled !== null) return settled;
    // Woken late, after somebody else took the run over and ended it.
    if (run.state !== 'running') return 'failed';
    if (run.cancelledBy !== null && !isReverse(run.kind)) {
      if (step.state === 'waiting') return 'cancelled';
      // Between two attempts. One that a crash cut off is made again first: its effect may be there, unrecorded.
      if (step.failure !== null) return this.judge(run, step, new StepCancelled('It was cancelled.'));
    }
    return withTrace(run.traceId, async () => {
      try {
        return isReverse(run.kind) ? await this.takeBack(run, step) : await this.make(run, step);
      } catch (error) {
        return this.judge(run, step, error);
      }
    });
  }

  /** The step is given up. */
  async fail(runId: string, position: number): Promise<void> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    const summary = `“${step.title}” failed: ${step.failure?.sentence ?? 'it could not be tried any more.'}`;
    await withTrace(run.traceId, async () => {
      const event = { type: 'step.failed', summary };
      if (await this.journal.moveStep(run, step, { from: OPEN, to: 'failed', event }))
        this.verbs.count(step, verbOf(run), 'failed');
    });
  }

  /** Answers how it really ended: a run that was asked to stop meanwhile has not succeeded, and goes on being undone. */
  async finish(runId: string, wish: 'succeeded' | 'failed'): Promise<RunEnd> {
    const run = await this.store.get(runId);
    const to = wish === 'failed' && run.cancelledBy !== null ? 'cancelled' : wish;
    const event = { type: `run.${to}`, summary: `${WORDS[run.kind]} ${to === 'cancelled' ? 'was cancelled' : to}` };
    const moved = await withTrace(run.traceId, () => this.journal.moveRun(run, ['running', 'compensating'], to, event));
    if (moved) return to;
    const { state } = await this.store.get(runId);
    return state === 'succeeded' || state === 'failed' || state === 'cancelled' ? state : 'stopping';
  }

  private async make(run: Run, step: StepRun): Promise<'done' | 'skipped'> {
    const scope = { ...run.scope, ...turnScope(step.template), steps: outputsBefore(run, step.position) };
    const { template } = step;
    if (template.gone === true && run.kind === 'upgrade') return this.takeAway(run, step);
    if (template.if !== undefined && !this.expressions.condition(template.if, scope)) {
      const event = { type: 'step.skipped', summary: `left out “${step.title}”` };
      await this.journal.moveStep(run, step, { from: OPEN, to: 'skipped', event });
      return 'skipped';
    }
    const action = this.registry.get(step.action);
    if (template.mend !== undefined) return this.mend(run, step, action, template.mend);
    const input = this.expressions.evaluate(template.with, scope) as JsonObject;
    const made = livingIn(run, step);
    if (made !== null && isSame(made.input, input)) return this.keep(run, step, made);
    if (made !== null && !action.changesInPlace)
      throw new ActionFailed(`What ${action.id} made can’t be changed in place. It was left as it is.`, false);
    const intended = await this.begin(run, step, action, { input, made });
    const effect = { run, step, verb: 'apply' as const, attempt: step.attempts + 1 };
    const apply = () => this.verbs.run(effect, (context) => action.apply(input, { ...context, intended, made }));
    const applied = await (action.waits === true ? this.rests.rest(run.id, apply) : apply());
    const output = this.redactor.value(applied.output);
    await this.expect(run, step, scope, { output, actionState: applied.state });
    await this.succeed(run, step, `finished “${step.title}”`, { output, actionState: applied.state });
    return 'done';
  }

  /** A newer version asks for it in the same words: it has not been touched. */
  private async keep(run: Run, step: StepRun, { state, output }: LivingStep): Promise<'done'> {
    const event = { type: 'step.kept', summary: `kept “${step.title}” as it is` };
    await this.journal.moveStep(run, step, { from: OPEN, to: 'succeeded', event, output, actionState: state });
    return 'done';
  }

  /** A newer version has no such step: it ends as one that was taken back. */
  private async takeAway(run: Run, step: StepRun): Promise<'done'> {
    await this.moveOn(run, step, `started to take away “${step.title}”`);
    await this.destroy(run, step);
    const event = { type: 'step.taken_away', summary: `took away “${step.title}”` };
    await this.journal.moveStep(run, step, { from: ['running'], to: 'compensated', event, countsAttempt: true });
    return 'done';
  }

  private async mend(run: Run, step: StepRun, action: AnyAction, wanted: Facts): Promise<'done'> {
    await this.moveOn(run, step, `started to mend “${step.title}”`);
    const effect = { run, step, verb: 'apply' as const, attempt: step.attempts + 1 };
    await this.verbs.run(effect, (context) => action.mend(step.actionState, wanted, context));
    await this.succeed(run, step, `mended “${step.title}”`);
    return 'done';
  }

  /** @throws ActionFailed when what must hold after the step does not */
  private async expect(run: Run, step: StepRun, scope: JsonObject & { steps: JsonObject }, made: Made): Promise<void> {
    const { expect = [], name } = step.template;
    if (expect.length === 0) return;
    // It has been made: what to take back is written down before anything is judged.
    await this.journal.moveStep(run, step, {
      from: ['running'],
      to: 'running',
      event: null,
      actionState: made.actionState,
    });
    const seen = { ...scope, steps: { ...scope.steps, [name]: { output: made.output } } };
    const broken = expect.find(({ that }) => !this.expressions.condition(that, seen));
    if (broken !== undefined) throw new ActionFailed(broken.otherwise, true);
  }

  /** The intent: inputs, and what to take back if we die now, written before the effect. */
  private async begin(
    run: Run,
    step: StepRun,
    action: AnyAction,
    { input, made }: { input: JsonObject; made: Living<JsonObject> | null },
  ): Promise<JsonObject | null> {
    const isNew = step.actionState === null || (made !== null && step.state === 'waiting');
    const intending = () => action.intend(input, { ...this.verbs.lookingFor(run, step), made });
    const intended = isNew ? ((await intending()) ?? made?.state ?? null) : step.actionState;
    await this.moveOn(run, step, `started “${step.title}”`, {
      input: this.redactor.value(input),
      ...(intended !== null && { actionState: intended }),
    });
    return intended;
  }

  private async takeBack(run: Run, step: StepRun): Promise<'done'> {
    await this.moveOn(run, step, `started to take back “${step.title}”`);
    await this.destroy(run, step);
    await this.succeed(run, step, `took back “${step.title}”`);
    return 'done';
  }

  private async destroy(run: Run, step: StepRun): Promise<void> {
    const state = step.actionState;
    const effect = { run, step, verb: 'destroy' as const, attempt: step.attempts + 1 };
    if (state !== null)
      await this.verbs.run(effect, (context) => this.registry.get(step.action).destroy(state, context));
  }

  /** To `running`, or still there for another attempt. */
  private async moveOn(run: Run, step: StepRun, summary: string, more: Partial<Intent> = {}): Promise<void> {
    const event: RunEvent | null = step.state === 'waiting' ? { type: 'step.started', summary } : null;
    if (!(await this.journal.moveStep(run, step, { from: OPEN, to: 'running', event, ...more })))
      throw new ActionFailed('This step was settled elsewhere meanwhile.', false);
  }

  private async succeed(run: Run, step: StepRun, summary: string, made: Partial<Made> = {}): Promise<void> {
    const event = { type: 'step.succeeded', summary };
    const move = { from: ['running'] as const, to: 'succeeded' as const, event, countsAttempt: true, ...made };
    if (await this.journal.moveStep(run, step, move)) this.verbs.count(step, verbOf(run), 'succeeded');
  }

  /** Notes the failure on the step, so that the card shows it while it is tried again. */
  private async judge(run: Run, step: StepRun, error: unknown): Promise<'failed'> {
    const verdict = verdictOn(error);
    const { code, sentence } = failureOf(error);
    const failure = { code, sentence: this.redactor.text(sentence) };
    this.logger.error('An attempt of a step failed', error, { runId: run.id, step: step.name, action: step.action });
    const attempts = await this.journal.noteFailure(run, step, failure, verdict !== 'wait');
    const isUsedUp = attempts === null || (verdict === 'retry' && attempts >= step.template.retry.attempts);
    if (verdict === 'give-up' || isUsedUp) return 'failed';
    throw new TryAgain(failure);
  }
}

interface Intent {
  readonly input: JsonObject;
  readonly actionState: JsonObject;
}
interface Made {
  readonly output: JsonObject;
  readonly actionState: JsonObject;
}

const WORDS: Readonly<Record<Run['kind'], string>> = {
  apply: 'provisioning',
  destroy: 'destroying',
  step: 'the step',
  rollback: 'rolling back',
  operate: 'the operation',
  reconcile: 'reconciling',
  upgrade: 'the upgrade',
};

function verbOf(run: Run): EffectVerb {
  return isReverse(run.kind) ? 'destroy' : 'apply';
}

/** Neighbours of one group are one stage. Taking back goes step by step. */
function stagesOf(run: Run): ItineraryStep[][] {
  const stages: { group: string | undefined; steps: ItineraryStep[] }[] = [];
  for (const { position, name, template } of run.steps) {
    const step = { position, name, ...template.retry, ...(template.gone === true && { isLast: true as const }) };
    const group = isReverse(run.kind) ? undefined : template.group;
    const last = stages.at(-1);
    if (group !== undefined && last?.group === group) last.steps.push(step);
    else stages.push({ group, steps: [step] });
  }
  return stages.map(({ steps }) => steps);
}

/** What a newer version finds of this step. */
function livingIn({ kind }: Run, { template: { was } }: StepRun): LivingStep | null {
  return kind === 'upgrade' ? (was ?? null) : null;
}

function isSame(one: JsonObject | null, other: JsonObject): boolean {
  return one !== null && canonicalJson(one) === canonicalJson(other);
}

/** Falsy outputs are outputs too: a step that gave nothing is not one that did not run. A loop's are a list, in its order. */
function outputsBefore(run: Run, position: number): JsonObject {
  const given = run.scope.steps;
  const earlier = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
  return { ...earlier, ...outputsOf(run.steps.slice(0, position)) };
}
