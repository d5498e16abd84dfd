import { Injectable } from '@nestjs/common';
import { type CatalogItem, Expressions, type StepTemplate } from '../catalog/index.js';
import { type PlannedChange, Planner, type PlanScope } from '../requests/index.js';
import { Redactor, SecretStore } from '../secrets/index.js';
import type { JsonObject } from '../shared/index.js';
import { ActionFailed } from './action.js';
import { ActionRegistry } from './action-registry.js';
import { labelsOf } from './labels.js';
import { looksBack } from './looks-back.js';
import { turnScope, unfoldSteps } from './runs/index.js';

/** Asks each step's action what it would do. What depends on a step that has not run is unknown, never invented. */
@Injectable()
export class ActionPlanner extends Planner {
  constructor(
    private readonly registry: ActionRegistry,
    private readonly expressions: Expressions,
    private readonly redactor: Redactor,
    private readonly secrets: SecretStore,
  ) {
    super();
  }

  async plan(item: CatalogItem, scope: PlanScope): Promise<PlannedChange[]> {
    const seen = { ...scope } as JsonObject;
    const planned = await Promise.all(item.steps.map((step) => this.planTurns(step, seen)));
    return planned.flat();
  }

  private async planTurns(step: StepTemplate, scope: JsonObject): Promise<PlannedChange[]> {
    try {
      const turns = unfoldSteps([step], scope, this.expressions);
      return await Promise.all(turns.map((turn) => this.planStep(turn, { ...scope, ...turnScope(turn) })));
    } catch (error) {
      if (!(error instanceof ActionFailed)) throw error;
      const { name, title } = step;
      return [{ step: name, title, kind: 'cannot', summary: error.publicMessage, details: [] }];
    }
  }

  private async planStep(step: StepTemplate, seen: JsonObject): Promise<PlannedChange> {
    const { name, title } = step;
    if (step.if !== undefined && !looksBack(step.if) && !this.expressions.condition(step.if, seen)) {
      return { step: name, title, kind: 'none', summary: 'Left out with these parameters', details: [] };
    }
    const input = this.known(step, seen);
    if (input === null)
      return { step: name, title, kind: 'unknown', summary: 'Known when an earlier step has run', details: [] };
    const looking = { secrets: this.secrets, labels: labelsOf(seen) };
    const { kind, summary, details } = await this.registry.get(step.action).plan(input, looking);
    return this.redactor.value({ step: name, title, kind, summary, details: details ?? [] });
  }

  private known(step: StepTemplate, scope: JsonObject): JsonObject | null {
    if (looksBack(step.with)) return null;
    return this.expressions.evaluate(step.with, scope) as JsonObject;
  }
}
