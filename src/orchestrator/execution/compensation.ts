import { Injectable } from '@nestjs/common';
import type { LivingStep } from '../../catalog/index.js';
import { Logger, withTrace } from '../../platform/logging/index.js';
import { Redactor } from '../../secrets/index.js';
import type { JsonObject } from '../../shared/index.js';
import type { ActionContext, AnyAction } from '../action.js';
import { ActionRegistry } from '../action-registry.js';
import { type Run, RunStore, type StepRun, stepAt } from '../runs/index.js';
import { RunJournal } from './run-journal.js';
import { failureOf, TryAgain, verdictOn } from './step-failure.js';
import { VerbRunner } from './verb-runner.js';

/** Takes back what a failed run made, step by step. Each method may be repeated after a crash at any point. */
@Injectable()
export class Compensation {
  constructor(
    private readonly store: RunStore,
    private readonly registry: ActionRegistry,
    private readonly journal: RunJournal,
    private readonly verbs: VerbRunner,
    private readonly redactor: Redactor,
    private readonly logger: Logger,
  ) {}

  /** Positions to take back, last first: what was made, and what a failed step may have left half made. */
  async leftovers(runId: string): Promise<number[]> {
    const run = await this.store.get(runId);
    // What it repairs was made by another run and is in use.
    if (run.kind === 'reconcile') return [];
    // Somebody wants to look at it first. Who cancels wants it gone.
    if (run.onFailure === 'keep' && run.cancelledBy === null) return [];
    const event = { type: 'run.compensating', summary: 'is being undone' };
    await withTrace(run.traceId, () => this.journal.moveRun(run, ['running'], 'compensating', event));
    const left = run.steps.filter(
      (step) =>
        step.actionState !== null &&
        ['succeeded', 'failed', 'compensating'].includes(step.state) &&
        !(run.kind === 'upgrade' && wasKept(step)),
    );
    return left.map((step) => step.position).reverse();
  }

  /** Takes one step back. @throws TryAgain while it may still work */
  async undo(runId: string, position: number): Promise<'done' | 'failed'> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    if (step.state === 'compensated') return 'done';
    return withTrace(run.traceId, async () => {
      await this.journal.moveStep(run, step, { from: ['succeeded', 'failed'], to: 'compensating', event: null });
      try {
        await this.destroy(run, step);
      } catch (error) {
        return this.judge(run, step, error);
      }
      const event = { type: 'step.compensated', summary: `undid “${step.title}”` };
      if (await this.journal.moveStep(run, step, { from: ['compensating'], to: 'compensated', event }))
        this.verbs.count(step, 'destroy', 'succeeded');
      return 'done';
    });
  }

  /** It stays behind; the others are taken back all the same. */
  async giveUp(runId: string, position: number): Promise<void> {
    const run = await this.store.get(runId);
    const step = stepAt(run, position);
    const event = { type: 'step.compensation_failed', summary: `could not undo “${step.title}”` };
    await withTrace(run.traceId, async () => {
      if (await this.journal.moveStep(run, step, { from: ['compensating'], to: 'compensation-failed', event }))
        this.verbs.count(step, 'destroy', 'failed');
    });
  }

  private async destroy(run: Run, step: StepRun): Promise<void> {
    const state = step.actionState;
    if (state === null) return;
    const { was } = step.template;
    const action = this.registry.get(step.action);
    await this.verbs.run({ run, step, verb: 'destroy', attempt: 1 }, (context) =>
      run.kind === 'upgrade' && was !== undefined
        ? this.putBack(action, { state, was }, context)
        : action.destroy(state, context),
    );
  }

  /** As it was asked for before; then the facts that were found then, which somebody may have changed since it was made. */
  private async putBack(
    action: AnyAction,
    { state, was }: { state: JsonObject; was: LivingStep },
    context: ActionContext,
  ): Promise<void> {
    if (!action.changesInPlace) return;
    const { input, output, facts } = was;
    if (input !== null) await action.apply(input, { ...context, intended: state, made: { state, output } });
    if (!action.mends || Object.keys(facts).length === 0) return;
    const now = (await action.read(was.state, context)).facts ?? {};
    const changed = Object.entries(facts).filter(([name, value]) => now[name] !== value);
    if (changed.length > 0) await action.mend(was.state, Object.fromEntries(changed), context);
  }

  private judge(run: Run, step: StepRun, error: unknown): 'failed' {
    this.logger.error('A step could not be undone', error, { runId: run.id, step: step.name, action: step.action });
    const { code, sentence } = failureOf(error);
    if (verdictOn(error) === 'give-up') return 'failed';
    throw new TryAgain({ code, sentence: this.redactor.text(sentence) });
  }
}

/** Of an upgrade: nothing was tried on it. */
function wasKept({ state, attempts, template: { was } }: StepRun): boolean {
  return was !== undefined && state === 'succeeded' && attempts === 0;
}
