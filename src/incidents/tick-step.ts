import { Injectable } from '@nestjs/common';
import { IncidentForbidden, StepMovedOn } from './incidents.errors.js';
import { deniedWords, RunStep, type StepClick } from './run-step.js';
import { StepContexts } from './step-context.js';
import { StepTransitions } from './step-transitions.js';

/** Steps that people settle by their word: a manual check is done, any step may be skipped. */
@Injectable()
export class TickStep {
  constructor(
    private readonly contexts: StepContexts,
    private readonly transitions: StepTransitions,
    private readonly runStep: RunStep,
  ) {}

  /** A manual check is done; where the runbook wants a second pair of eyes, approval is asked for. @throws as {@link RunStep.run} */
  async markDone(click: StepClick): Promise<'done' | 'asked'> {
    const context = await this.contexts.get(click.playbookId, click.stepName);
    if (context.step.kind !== 'manual') throw new StepMovedOn(context.step);
    const { outcome, reasons } = this.contexts.decide(context, click.person);
    if (outcome === 'deny') throw new IncidentForbidden(deniedWords(reasons));
    if (outcome === 'needs-approval') {
      await this.runStep.run(click);
      return 'asked';
    }
    await this.transitions.click(context, {
      from: ['waiting', 'skipped', 'failed'],
      to: 'done',
      attempt: click.attempt,
      by: click.person.id,
      event: 'incident.step_done',
      summary: `Checked “${context.step.title}”`,
    });
    return 'done';
  }

  /** @throws IncidentForbidden, IncidentOver, NoPlaybook, StepMovedOn */
  async skip({ playbookId, stepName, attempt, person }: StepClick): Promise<void> {
    const context = await this.contexts.get(playbookId, stepName);
    const { outcome, reasons } = this.contexts.decide(context, person);
    if (outcome === 'deny') throw new IncidentForbidden(deniedWords(reasons));
    await this.transitions.click(context, {
      from: ['waiting', 'failed'],
      to: 'skipped',
      attempt,
      by: person.id,
      event: 'incident.step_skipped',
      summary: `Skipped “${context.step.title}”`,
    });
  }
}
