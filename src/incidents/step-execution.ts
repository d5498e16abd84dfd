import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import { IdentityRefused, People } from '../identity/index.js';
import type { Tx } from '../platform/database/index.js';
import { Transactions } from '../platform/database/index.js';
import type { PlaybookStepState } from './playbook.js';
import { PlaybookStore, type StoredStep } from './playbook.store.js';
import { deniedWords } from './run-step.js';
import { type StepContext, StepContexts } from './step-context.js';
import { StepRuns } from './step-runs.js';
import { StepTransitions } from './step-transitions.js';

/** Which attempt of which step, and whether it is to be run or taken back. */
export interface StepAttempt {
  readonly verb: 'run' | 'rollback';
  readonly playbookId: string;
  readonly stepName: string;
  readonly attempt: number;
}

interface Move {
  readonly from: PlaybookStepState;
  readonly to: PlaybookStepState;
  readonly event: string;
  readonly summary: string;
  readonly note?: string;
}

/** The moves of one attempt of a step, for its workflow. Each may be repeated: a move that was made answers as it did then. */
@Injectable()
export class StepExecution {
  constructor(
    private readonly transactions: Transactions,
    private readonly contexts: StepContexts,
    private readonly transitions: StepTransitions,
    private readonly playbooks: PlaybookStore,
    private readonly runs: StepRuns,
    private readonly people: People,
    private readonly approvals: Approvals,
  ) {}

  /** The run to execute; null when there is nothing to run. */
  async begin(attempt: StepAttempt): Promise<string | null> {
    const context = await this.contexts.get(attempt.playbookId, attempt.stepName);
    if (context.step.attempt !== attempt.attempt) return null;
    return attempt.verb === 'run' ? this.beginRun(context) : this.beginRollback(context);
  }

  /** Writes down how the attempt ended. */
  async settle(attempt: StepAttempt, runId: string): Promise<void> {
    const context = await this.contexts.get(attempt.playbookId, attempt.stepName);
    if (context.step.attempt !== attempt.attempt) return;
    const { title } = context.step;
    const outcome = await this.runs.outcome(runId);
    const note = outcome.failure === null ? {} : { note: outcome.failure };
    if (attempt.verb === 'rollback') {
      const ended = outcome.ok
        ? { to: 'rolled-back' as const, event: 'incident.step_rolled_back', summary: `Rolled back “${title}”` }
        : {
            to: 'rollback-failed' as const,
            event: 'incident.step_rollback_failed',
            summary: `Could not roll back “${title}”`,
          };
      await this.move(context, { from: 'rolling-back', ...ended, ...note });
      return;
    }
    const ended = outcome.ok
      ? { to: 'done' as const, event: 'incident.step_done', summary: `Finished “${title}”` }
      : { to: 'failed' as const, event: 'incident.step_failed', summary: `“${title}” failed` };
    await this.move(context, { from: 'running', ...ended, ...note }, (tx) =>
      this.runs.postOutput(tx, context, outcome),
    );
  }

  /** Ends the wait for votes. True if the approval was given at the last moment after all. */
  async withdraw({ playbookId, stepName, attempt }: StepAttempt): Promise<boolean> {
    const context = await this.contexts.get(playbookId, stepName);
    const { step } = context;
    if (step.attempt !== attempt || step.approvalId === null) return false;
    const decided = await this.approvals.expire(step.approvalId);
    if (decided.state === 'approved') return true;
    const why = decided.state === 'denied' ? deniedBy(decided) : 'Nobody approved it in time.';
    await this.move(context, {
      from: 'awaiting-approval',
      to: 'waiting',
      event: decided.state === 'denied' ? 'incident.step_denied' : 'incident.step_approval_expired',
      summary: `“${step.title}” was not approved`,
      note: why,
    });
    return false;
  }

  private async beginRun(context: StepContext): Promise<string | null> {
    const { step, template } = context;
    if (step.runId !== null) return step.runId;
    if (await this.refuseByNow(context)) return null;
    if (step.state === 'running') return this.runOnce(context);
    if (template.kind === 'manual') {
      await this.move(context, {
        from: 'awaiting-approval',
        to: 'done',
        event: 'incident.step_done',
        summary: `Approved and checked “${step.title}”`,
      });
      return null;
    }
    const started = { event: 'incident.step_started', summary: `Approved and started “${step.title}”` };
    await this.move(context, { from: 'awaiting-approval', to: 'running', ...started }, async (tx, changed) => {
      await this.playbooks.setRun(tx, changed, await this.runs.create(tx, context, changed));
    });
    return (await this.playbooks.step(step.playbookId, step.name)).runId;
  }

  /** The click has said that it started: only the run itself is still to be made. */
  private runOnce(context: StepContext): Promise<string | null> {
    return this.transactions.run(async (tx) => {
      const step = await this.playbooks.lockStep(tx, context.step);
      if (step.state !== 'running' || step.attempt !== context.step.attempt) return null;
      if (step.runId !== null) return step.runId;
      const runId = await this.runs.create(tx, context, step);
      await this.playbooks.setRun(tx, step, runId);
      return runId;
    });
  }

  private beginRollback(context: StepContext): Promise<string | null> {
    return this.transactions.run(async (tx) => {
      const step = await this.playbooks.lockStep(tx, context.step);
      if (step.state !== 'rolling-back' || step.attempt !== context.step.attempt) return null;
      if (step.rollbackRunId !== null) return step.rollbackRunId;
      const runId = await this.runs.createRollback(tx, context, step);
      await this.playbooks.setRollbackRun(tx, step, runId);
      return runId;
    });
  }

  /** Approvals take time: whoever clicked must still be allowed to, by the rules as they are now. */
  private async refuseByNow(context: StepContext): Promise<boolean> {
    const { changedBy, title, state } = context.step;
    if (state !== 'awaiting-approval') return false;
    const why = await this.whyNot(context, changedBy ?? '');
    if (why === null) return false;
    await this.move(context, {
      from: state,
      to: 'failed',
      event: 'incident.step_refused',
      summary: `“${title}” was approved, but may not run any more`,
      note: why,
    });
    return true;
  }

  private async whyNot(context: StepContext, personId: string): Promise<string | null> {
    try {
      const { outcome, reasons } = this.contexts.decide(context, await this.people.getFresh(personId));
      return outcome === 'deny' ? deniedWords(reasons) : null;
    } catch (error) {
      if (error instanceof IdentityRefused) return error.publicMessage;
      throw error;
    }
  }

  private move(
    context: StepContext,
    { from, ...rest }: Move,
    also?: (tx: Tx, step: StoredStep) => Promise<void>,
  ): Promise<boolean> {
    return this.transitions.proceed(context, { ...rest, from: [from], attempt: context.step.attempt, by: null }, also);
  }
}

function deniedBy({
  decidedBy,
  decidedReason,
}: {
  decidedBy: readonly string[];
  decidedReason: string | null;
}): string {
  const who = decidedBy.map((id) => `<@${id}>`).join(', ');
  return decidedReason === null ? `Denied by ${who}.` : `Denied by ${who}: ${decidedReason}`;
}
