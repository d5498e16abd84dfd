import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import { IncidentStore } from './incident.store.js';
import { IncidentJournal } from './incident-journal.js';
import { IncidentOver, NoPlaybook, StepMovedOn } from './incidents.errors.js';
import type { PlaybookStepState } from './playbook.js';
import { PlaybookStore, type StoredStep } from './playbook.store.js';
import type { StepContext } from './step-context.js';

export interface Transition {
  readonly from: readonly PlaybookStepState[];
  readonly to: PlaybookStepState;
  /** The attempt the caller knows of: what another one made obsolete is left alone. */
  readonly attempt: number;
  /** Slack user id; null when the product goes on by itself. */
  readonly by: string | null;
  readonly note?: string | null;
  /** Audit type, `incident.step_started`. */
  readonly event: string;
  readonly summary: string;
  /** Allowed too when the incident is over or the playbook was set aside: what was done can still be taken back. */
  readonly late?: boolean;
}

type Also = (tx: Tx, step: StoredStep) => Promise<void>;

/** How a step gets from one state to the next: compare-and-set under the incident's lock, journal last. */
@Injectable()
export class StepTransitions {
  constructor(
    private readonly transactions: Transactions,
    private readonly incidents: IncidentStore,
    private readonly playbooks: PlaybookStore,
    private readonly journal: IncidentJournal,
  ) {}

  /** A person's click. @throws IncidentOver, NoPlaybook when it was set aside, StepMovedOn when another click was first */
  async click(context: StepContext, transition: Transition, also?: Also): Promise<void> {
    await this.transactions.run(async (tx) => {
      const incident = await this.incidents.lock(tx, context.incident.id);
      if (transition.late !== true) {
        if (incident.state === 'resolved') throw new IncidentOver();
        if ((await this.playbooks.get(context.playbook.id, tx)).state !== 'in-use') throw new NoPlaybook();
      }
      const step = await this.change(tx, context, transition, also);
      if (step === null) throw new StepMovedOn(await this.playbooks.step(context.playbook.id, context.step.name, tx));
    });
  }

  /** The workflow's own next move. False when it was made before, or somebody moved the step on. */
  async proceed(context: StepContext, transition: Transition, also?: Also): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      await this.incidents.lock(tx, context.incident.id);
      return (await this.change(tx, context, transition, also)) !== null;
    });
  }

  private async change(
    tx: Tx,
    { incident, playbook, step }: StepContext,
    { from, to, attempt, by, note, event, summary }: Transition,
    also: Also | undefined,
  ): Promise<StoredStep | null> {
    const changed = await this.playbooks.change(tx, {
      playbookId: playbook.id,
      name: step.name,
      from,
      to,
      attempt,
      ...(by !== null && { by }),
      note: note ?? null,
    });
    if (changed === null) return null;
    await also?.(tx, changed);
    await this.journal.record(tx, incident, {
      type: event,
      by,
      summary,
      timeline: { kind: 'step', key: `step:${playbook.id}:${step.name}:${changed.version}` },
      data: { playbookId: playbook.id, step: step.name, attempt: changed.attempt, state: to },
    });
    return changed;
  }
}
