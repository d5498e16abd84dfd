import { Injectable } from '@nestjs/common';
import { Audit, type AuditActor } from '../audit/index.js';
import { Expressions } from '../catalog/index.js';
import { Metrics } from '../observability/index.js';
import { Changes } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Logger, withTrace } from '../platform/logging/index.js';
import { Redactor, SecretStore } from '../secrets/index.js';
import { AppError, codeOf, type JsonObject } from '../shared/index.js';
import { type ActionContext, ActionFailed, type AnyAction, type Labels } from './action.js';
import { ActionRegistry } from './action-registry.js';
import { Progress } from './progress.js';
import { isReverse, type Run, RunStore, type StepFailure, type StepRun } from './runs/index.js';

const SYSTEM: AuditActor = { kind: 'system', id: 'orchestrator' };
const UNFINISHED = ['waiting', 'running', 'failed'] as const;

/** What a worker needs to know to walk through a run. */
export interface Itinerary {
  readonly reverse: boolean;
  readonly steps: readonly {
    readonly position: number;
    readonly name: string;
    readonly attempts: number;
    readonly backoffSeconds: number;
  }[];
}

/**
 * One step at a time: intent written → effect → result written. Each method may be repeated after a crash at any point:
 * what was recorded is not done again, what may have happened is adopted by the action under the same idempotency key.
 */
@Injectable()
export class StepEngine {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: RunStore,
    private readonly registry: ActionRegistry,
    private readonly expressions: Expressions,
    private readonly secrets: SecretStore,
    private readonly redactor: Redactor,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  async start(runId: string): Promise<Itinerary> {
    const run = await this.store.get(runId);
    await this.transactions.run(async (tx) => {
      if (await this.store.move(tx, runId, ['waiting'], 'running'))
        await this.record(tx, run, 'run.started', `${words(run)} started, ${run.steps.length} steps`);
    });
    return {
      reverse: isReverse(run.kind),
      steps: run.steps.map(({ position, name, template }) => ({
        position,
        name,
        attempts: template.retry.attempts,
        backoffSeconds: template.retry.backoffSeconds,
      })),
    };
  }

  /** One attempt. A failure is noted on the step before it is thrown, so that the card shows it while it is tried again. */
  async attempt(runId: string, position: number): Promise<'done' | 'skipped' | 'failed'> {
    const run = await this.store.get(runId);
    return withTrace(run.traceId, async () => {
      const step = stepAt(run, position);
      if (step.state === 'succeeded' || step.state === 'compensated') return 'done';
      if (step.state === 'skipped') return 'skipped';
      try {
        return isReverse(run.kind) ? await this.takeBack(run, step) : await this.make(run, step);
      } catch (error) {
        await this.note(run, step, error);
        if (isPassing(error)) throw error;
        return 'failed';
      }
    });
  }

  /** The step is given up. */
  async fail(runId: string, position: number): Promise<void> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    await this.transactions.run(async (tx) => {
      if ((await this.store.moveStep(tx, runId, position, ['waiting', 'running'], 'failed')) === null) return;
      await this.record(
        tx,
        run,
        'step.failed',
        `“${step.title}” failed: ${step.failure?.sentence ?? 'for an unknown reason'}`,
      );
    });
    this.metrics.steps.inc({ action: step.action, verb: verbOf(run), outcome: 'failed' });
  }

  /** Positions to take back after a failure, last first: what was made, and what a failed step may have left half made. */
  async leftovers(runId: string): Promise<number[]> {
    const run = await this.store.get(runId);
    await this.transactions.run(async (tx) => {
      if (await this.store.move(tx, runId, ['running'], 'compensating'))
        await this.record(tx, run, 'run.compensating', 'is being undone');
    });
    const left = run.steps.filter(
      (step) => step.actionState !== null && ['succeeded', 'failed', 'compensating'].includes(step.state),
    );
    return left.map((step) => step.position).reverse();
  }

  /** Takes one step back. Throws while it may still work. */
  async compensate(runId: string, position: number): Promise<'done' | 'failed'> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    if (step.state === 'compensated') return 'done';
    return withTrace(run.traceId, async () => {
      await this.transactions.run(async (tx) => {
        await this.store.moveStep(tx, runId, position, ['succeeded', 'failed'], 'compensating');
        await this.changes.mark(tx, run.subject);
      });
      try {
        await this.destroyWith(run, step);
      } catch (error) {
        if (isPassing(error)) throw error;
        this.logger.error('A step could not be undone', error, { runId, step: step.name });
        return 'failed';
      }
      await this.transactions.run(async (tx) => {
        if ((await this.store.moveStep(tx, runId, position, ['compensating'], 'compensated')) !== null)
          await this.record(tx, run, 'step.compensated', `undid “${step.title}”`);
      });
      this.metrics.steps.inc({ action: step.action, verb: 'destroy', outcome: 'succeeded' });
      return 'done';
    });
  }

  async giveUpCompensating(runId: string, position: number): Promise<void> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    await this.transactions.run(async (tx) => {
      if ((await this.store.moveStep(tx, runId, position, ['compensating'], 'compensation-failed')) !== null)
        await this.record(tx, run, 'step.compensation_failed', `could not undo “${step.title}”`);
    });
    this.metrics.steps.inc({ action: step.action, verb: 'destroy', outcome: 'failed' });
  }

  async finish(runId: string, to: 'succeeded' | 'failed'): Promise<void> {
    const run = await this.store.get(runId);
    await this.transactions.run(async (tx) => {
      if (await this.store.move(tx, runId, ['running', 'compensating'], to))
        await this.record(tx, run, `run.${to}`, `${words(run)} ${to}`);
    });
  }

  private async make(run: Run, step: StepRun): Promise<'done' | 'skipped'> {
    const scope = { ...run.scope, steps: outputsBefore(run, step.position) };
    const { template } = step;
    if (template.if !== undefined && !this.expressions.condition(template.if, scope)) {
      await this.transactions.run(async (tx) => {
        await this.store.moveStep(tx, run.id, step.position, [...UNFINISHED], 'skipped');
        await this.changes.mark(tx, run.subject);
      });
      return 'skipped';
    }
    const action = this.registry.get(step.action);
    const input = this.expressions.evaluate(template.with, scope) as JsonObject;
    const intended = await this.begin(run, step, action, input);
    const applied = await this.timed(run, step, (context) => action.apply(input, { ...context, intended }));
    await this.succeed(run, step, applied);
    return 'done';
  }

  /** The intent: inputs and what to take back if we die now, written before the effect. */
  private async begin(run: Run, step: StepRun, action: AnyAction, input: JsonObject): Promise<JsonObject | null> {
    const intended =
      step.actionState ?? (await action.intend(input, { idempotencyKey: step.idempotencyKey, labels: labelsOf(run) }));
    await this.transactions.run(async (tx) => {
      const more = { input: this.redactor.value(input), ...(intended !== null && { actionState: intended }) };
      const begun = await this.store.moveStep(tx, run.id, step.position, [...UNFINISHED], 'running', more);
      if (begun === null) throw new ActionFailed('This step was settled elsewhere meanwhile.', false);
      if (step.state === 'waiting') await this.record(tx, run, 'step.started', `started “${step.title}”`);
    });
    return intended;
  }

  private async succeed(run: Run, step: StepRun, applied: { output: JsonObject; state: JsonObject }): Promise<void> {
    await this.transactions.run(async (tx) => {
      const more = { output: this.redactor.value(applied.output), actionState: applied.state };
      const done = await this.store.moveStep(tx, run.id, step.position, ['running'], 'succeeded', more);
      if (done !== null) await this.record(tx, run, 'step.succeeded', `finished “${step.title}”`);
    });
    this.metrics.steps.inc({ action: step.action, verb: 'apply', outcome: 'succeeded' });
  }

  private async takeBack(run: Run, step: StepRun): Promise<'done'> {
    await this.transactions.run(async (tx) => {
      await this.store.moveStep(tx, run.id, step.position, [...UNFINISHED], 'running');
      if (step.state === 'waiting') await this.record(tx, run, 'step.started', `started to take back “${step.title}”`);
    });
    await this.destroyWith(run, step);
    await this.transactions.run(async (tx) => {
      if ((await this.store.moveStep(tx, run.id, step.position, ['running'], 'succeeded')) !== null)
        await this.record(tx, run, 'step.succeeded', `took back “${step.title}”`);
    });
    this.metrics.steps.inc({ action: step.action, verb: 'destroy', outcome: 'succeeded' });
    return 'done';
  }

  private async destroyWith(run: Run, step: StepRun): Promise<void> {
    const state = step.actionState;
    if (state !== null)
      await this.timed(run, step, (context) => this.registry.get(step.action).destroy(state, context));
  }

  /** Runs a verb with its context, its time-out and its measurements. */
  private async timed<T>(run: Run, step: StepRun, work: (context: ActionContext) => Promise<T>): Promise<T> {
    const attempt = await this.store.countAttempt(run.id, step.position);
    if (attempt > 1) this.metrics.stepRetries.inc({ action: step.action });
    const progress = new Progress(async (line) => {
      await this.transactions.run(async (tx) => {
        await this.store.setProgress(tx, run.id, step.position, this.redactor.text(line));
        await this.changes.mark(tx, run.subject);
      });
    });
    const stop = this.metrics.stepSeconds.startTimer({ action: step.action, verb: verbOf(run) });
    const { idempotencyKey, template } = step;
    try {
      return await withinTime(template.timeoutSeconds, (signal) =>
        work({
          idempotencyKey,
          signal,
          attempt,
          labels: labelsOf(run),
          secrets: this.secrets,
          report: (line) => {
            progress.report(line);
          },
        }),
      );
    } finally {
      stop();
      await progress.settle();
    }
  }

  private async note(run: Run, step: StepRun, error: unknown): Promise<void> {
    const failure: StepFailure = { code: codeOf(error), sentence: this.redactor.text(sentenceOf(error)) };
    this.logger.error('An attempt of a step failed', error, { runId: run.id, step: step.name, action: step.action });
    await this.transactions.run(async (tx) => {
      await this.store.moveStep(tx, run.id, step.position, ['waiting', 'running'], 'running', { failure });
      await this.changes.mark(tx, run.subject);
    });
  }

  private async record(tx: Tx, run: Run, type: string, summary: string): Promise<void> {
    await this.changes.mark(tx, run.subject);
    await this.audit.append(tx, {
      type,
      actor: SYSTEM,
      subject: run.subject,
      traceId: run.traceId,
      summary,
      data: { runId: run.id },
    });
  }
}

function stepAt(run: Run, position: number): StepRun {
  const step = run.steps[position];
  if (step === undefined) throw new Error(`Run ${run.id} has no step ${position}.`);
  return step;
}

function outputsBefore(run: Run, position: number): JsonObject {
  const given = run.scope.steps;
  const earlier = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
  const own = run.steps.slice(0, position).filter((step) => step.output !== null);
  return { ...earlier, ...Object.fromEntries(own.map((step) => [step.name, { output: step.output }])) };
}

function labelsOf({ scope }: Run): Labels {
  const part = (name: string): JsonObject =>
    typeof scope[name] === 'object' && scope[name] !== null ? (scope[name] as JsonObject) : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const [resource, request] = [part('resource'), part('request')];
  return {
    resourceId: text(resource.id),
    team: text(request.team) || text(resource.team),
    environment: text(request.environment) || text(resource.environment),
  };
}

/** What may work when it is tried again: what the action says may, and anything that is not a plain refusal. */
function isPassing(error: unknown): boolean {
  if (error instanceof ActionFailed) return error.retryable;
  if (error instanceof AppError)
    return error.code === 'database.unavailable' || error.code === 'secrets.store_unavailable';
  return error instanceof StepTimedOut;
}

class StepTimedOut extends Error {
  constructor(readonly seconds: number) {
    super(`No answer within ${seconds} s`);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof StepTimedOut) return `It took longer than ${error.seconds} seconds.`;
  return error instanceof AppError ? error.publicMessage : 'Something unexpected happened; the log has the details.';
}

async function withinTime<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(new StepTimedOut(seconds));
      },
      { once: true },
    );
  });
  return Promise.race([work(signal), late]);
}

function verbOf(run: Run): 'apply' | 'destroy' {
  return isReverse(run.kind) ? 'destroy' : 'apply';
}

function words(run: Run): string {
  const names = { apply: 'provisioning', destroy: 'destroying', step: 'the step', rollback: 'rolling back' };
  return names[run.kind];
}
