import { Injectable } from '@nestjs/common';
import { Durable } from '../platform/durable/index.js';
import { IncidentForbidden, StepMovedOn } from './incidents.errors.js';
import { stepWorkflowId } from './playbook.js';
import { PlaybookStore } from './playbook.store.js';
import { deniedWords, type StepClick } from './run-step.js';
import { StepContexts } from './step-context.js';
import { StepTransitions } from './step-transitions.js';

/**
 * Takes back what a step's last run did, from the state that run recorded. Whoever may run the step may roll it back, and
 * at once: going back to what was before has been approved by having been so, and an incident has no time to wait.
 */
@Injectable()
export class RollBackStep {
  constructor(
    private readonly contexts: StepContexts,
    private readonly transitions: StepTransitions,
    private readonly playbooks: PlaybookStore,
    private readonly durable: Durable,
  ) {}

  /** @throws IncidentForbidden, StepMovedOn */
  async rollBack({ playbookId, stepName, attempt, person }: StepClick): Promise<void> {
    const context = await this.contexts.get(playbookId, stepName);
    const { outcome, reasons } = this.contexts.decide(context, person);
    if (outcome === 'deny') throw new IncidentForbidden(deniedWords(reasons));
    if (!context.step.reversible || context.step.runId === null) throw new StepMovedOn(context.step);
    const transition = {
      from: ['done', 'rollback-failed'] as const,
      to: 'rolling-back' as const,
      attempt,
      by: person.id,
      late: true,
      event: 'incident.step_rollback_started',
      summary: `Started to roll back “${context.step.title}”`,
    };
    await this.transitions.click(context, transition, async (tx, changed) => {
      const step = await this.playbooks.nextRollback(tx, changed);
      await this.durable.enqueue(tx, {
        workflow: 'playbook-step',
        id: stepWorkflowId(step),
        queue: 'incidents',
        args: [{ verb: 'rollback', playbookId, stepName, attempt: step.attempt }],
      });
    });
  }
}
