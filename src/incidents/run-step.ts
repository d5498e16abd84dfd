import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import { Expressions } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import type { Tx } from '../platform/database/index.js';
import { Durable, type Job } from '../platform/durable/index.js';
import type { ApprovalNeed } from '../policy/index.js';
import { digestOf, type Json, type JsonObject } from '../shared/index.js';
import { IncidentForbidden, StepNeedsMore } from './incidents.errors.js';
import { placeWords } from './place-words.js';
import { type PlaybookStep, type PlaybookStepState, stepWorkflowId } from './playbook.js';
import { PlaybookStore, type StoredStep } from './playbook.store.js';
import { type StepContext, StepContexts } from './step-context.js';
import { StepTransitions } from './step-transitions.js';

/** A click on a step's button. `attempt` is the one the card showed: a second quick click finds it used up. */
export interface StepClick {
  readonly playbookId: string;
  readonly stepName: string;
  readonly attempt: number;
  readonly person: Person;
}

/** Starts a step: at once where the rules and the runbook allow it, else it asks for approval first. */
@Injectable()
export class RunStep {
  constructor(
    private readonly contexts: StepContexts,
    private readonly transitions: StepTransitions,
    private readonly playbooks: PlaybookStore,
    private readonly expressions: Expressions,
    private readonly approvals: Approvals,
    private readonly durable: Durable,
  ) {}

  /** @throws IncidentForbidden, IncidentOver, NoPlaybook, StepMovedOn, StepNeedsMore */
  async run({ playbookId, stepName, attempt, person }: StepClick): Promise<'started' | 'asked'> {
    const context = await this.contexts.get(playbookId, stepName);
    const { outcome, reasons, approval } = this.contexts.decide(context, person);
    if (outcome === 'deny') throw new IncidentForbidden(deniedWords(reasons));
    const scope = await this.contexts.scopeOf(context);
    const input = this.inputOf(context, scope);
    const { title } = context.step;
    const transition = { from: startable(context.step), attempt, by: person.id };
    if (approval === undefined) {
      await this.transitions.click(
        context,
        { ...transition, to: 'running', event: 'incident.step_started', summary: `Started “${title}”` },
        async (tx, step) => this.durable.enqueue(tx, jobOf(await this.playbooks.nextAttempt(tx, step, scope))),
      );
      return 'started';
    }
    const wanted = { ...transition, to: 'awaiting-approval' as const, event: 'incident.step_approval_asked' };
    await this.transitions.click(
      context,
      { ...wanted, summary: `Asked for approval of “${title}”: ${approval.describe}` },
      async (tx, step) =>
        this.ask(tx, context, await this.playbooks.nextAttempt(tx, step, scope), input, approval, person),
    );
    return 'asked';
  }

  private inputOf({ template, step }: StepContext, scope: JsonObject): Json {
    if (template.kind === 'manual') return null;
    try {
      return this.expressions.evaluate(template.with, scope);
    } catch (error) {
      throw new StepNeedsMore(step.title, error);
    }
  }

  private async ask(
    tx: Tx,
    { incident, runbook, resource, template }: StepContext,
    step: StoredStep,
    input: Json,
    need: ApprovalNeed,
    person: Person,
  ): Promise<void> {
    const action = template.kind === 'manual' ? null : template.action;
    const where = resource === null ? '' : ` on ${placeWords(resource)}`;
    const approval = await this.approvals.open(tx, {
      subject: { kind: 'incident', id: `${incident.id}/${step.name}` },
      // What is approved is what runs: the very inputs, of the very version of the runbook.
      digest: digestOf({
        incident: incident.id,
        runbook: runbook.digest,
        step: step.name,
        attempt: step.attempt,
        action,
        input,
      }),
      need,
      requesterId: person.id,
      title: `${step.title}${where}${argumentWords(input)}`,
      wakes: jobOf(step),
      traceId: incident.traceId,
    });
    await this.playbooks.setApproval(tx, step, approval.id);
  }
}

function jobOf(step: StoredStep): Job {
  const { playbookId, name: stepName, attempt } = step;
  const args = [{ verb: 'run', playbookId, stepName, attempt }];
  return { workflow: 'playbook-step', id: stepWorkflowId(step), args, queue: 'incidents' };
}

/** A reversible step that is done is rolled back before it runs again: its next run would overwrite what to go back to. */
function startable(step: PlaybookStep): PlaybookStepState[] {
  const again: PlaybookStepState[] = step.kind === 'manual' || step.reversible ? [] : ['done'];
  return ['waiting', 'failed', 'skipped', 'rolled-back', ...again];
}

/** Why not, in the rules’ own words. */
export function deniedWords(reasons: readonly { outcome: string; message: string }[]): string {
  return reasons
    .filter(({ outcome }) => outcome === 'deny')
    .map(({ message }) => message)
    .join(' ');
}

/** The exact inputs in words, so that a voter sees what the digest stands for. */
function argumentWords(input: Json): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return '';
  const words = Object.entries(input).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}
