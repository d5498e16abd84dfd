import { Injectable } from '@nestjs/common';
import { Expressions } from '../catalog/index.js';
import { SecretStore } from '../secrets/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Facts, Found } from './action.js';
import { ActionRegistry } from './action-registry.js';
import { outputsOf, type Run, type StepRun, turnScope } from './runs/index.js';

/** One step of a run, and what is there of it now. */
export interface Observation {
  readonly step: StepRun;
  readonly found: Found;
  /** What was applied. */
  readonly expected: Facts;
  /** Whether changed facts can be brought back. */
  readonly mends: boolean;
}

/** Looks at what runs made, through the `read` of its actions. Changes nothing. */
@Injectable()
export class Observer {
  constructor(
    private readonly registry: ActionRegistry,
    private readonly expressions: Expressions,
    private readonly secrets: SecretStore,
  ) {}

  /** Of the steps that left something to look at. @throws what `read` throws: then nothing is known */
  async look(run: Run, isMeant: (step: StepRun) => boolean): Promise<Observation[]> {
    const observations: Observation[] = [];
    for (const step of run.steps) {
      if (step.actionState === null || !isMeant(step)) continue;
      const action = this.registry.get(step.action);
      const found = await action.read(step.actionState, { secrets: this.secrets });
      observations.push({ step, found, expected: this.expected(run, step), mends: action.mends });
    }
    return observations;
  }

  /** Whether what a step made would be an orphan if nobody knew of it. */
  isOwned({ action }: StepRun): boolean {
    return this.registry.get(action).owns === true;
  }

  /** Nothing where the inputs can't be worked out any more: being there is compared all the same. */
  private expected(run: Run, step: StepRun): Facts {
    const scope: JsonObject = { ...run.scope, ...turnScope(step.template), steps: outputsOf(run.steps) };
    try {
      return this.registry.get(step.action).expects(this.expressions.evaluate(step.template.with, scope));
    } catch {
      return {};
    }
  }
}
