import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import { People } from '../identity/index.js';
import { Runs, type RunView } from '../orchestrator/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { PlaybookStore, type StoredStep } from './playbook.store.js';
import { deniedWords } from './run-step.js';
import { type StepContext, StepContexts } from './step-context.js';
import { StepTransitions } from './step-transitions.js';

/** Which attempt of which step, and whether it is to be run or taken back. */
export interface StepAttempt {
  readonly verb: 'run' | 'rollback';
  readonly playbookId: string;
  readonly stepName: string;
  readonly attempt: number;
}

/** The moves of one attempt of a step, for its workflow. Each may be repeated: a move that was made answers as it did then. */
@Injectable()
export class StepExecution {
  constructor(
    private readonly transactions: Transactions,
    private readonly contexts: StepContexts,
    private readonly transitions: StepTransitions,
    private readonly playbooks: PlaybookStore,
    private readonly runs: Runs,
    private readonly people: People,
    private readonly approvals: Approvals,
    private readonly notices: Notices,
  ) {}

  /** The run to execute; null when there is nothing (more) to run. */
  async begin(attempt: StepAttempt): Promise<string | null> {
    const context = await this.contexts.get(attempt.playbookId, attempt.stepName);
    if (context.step.attempt !== attempt.attempt) return null;
    return attempt.verb === 'run' ? this.beginRun(context) : this.beginRollback(context);
  }

  private async beginRun(context: StepContext): Promise<string | null> {
    const { step, template } = context;
    if (step.runId !== null) return step.runId;
    if (await this.isRefusedByNow(context)) return null;
    if (template.kind === 'manual') {
      await this.move(context, {
        from: ['awaiting-approval'],
        to: 'done',
        event: 'incident.step_done',
        summary: `Approved and checked “${step.title}”`,
      });
      return null;
    }
    if (step.state === 'awaiting-approval') {
      const started = {
        from: ['awaiting-approval'] as const,
        to: 'running' as const,
        event: 'incident.step_started',
        summary: `Approved, started “${step.title}”`,
      };
      await this.move(context, started, async (tx, changed) => void (await this.createRun(tx, context, changed)));
    } else if (step.state === 'running') {
      await this.transactions.run(async (tx) => {
        const current = await this.playbooks.lockStep(tx, step);
        if (current.runId === null) await this.createRun(tx, context, current);
      });
    }
    return (await this.playbooks.step(step.playbookId, step.name)).runId;
  }
}
