import { Injectable } from '@nestjs/common';
import { Expressions } from '../../catalog/index.js';
import type { SubjectRef } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { PlannedChange } from '../../requests/index.js';
import { Redactor, SecretStore } from '../../secrets/index.js';
import { AppError, canonicalJson, Ids, type JsonObject } from '../../shared/index.js';
import type { PlannedEffect } from '../action.js';
import { ActionRegistry } from '../action-registry.js';
import { labelsOf } from '../labels.js';
import { looksBack } from '../looks-back.js';
import { RunStore, type StepInsert, type StepRun, turnScope } from '../runs/index.js';
import { type UpgradeStep, type UpgradeSteps, UpgradeStepsReader, type UpgradeWish } from './upgrade-steps.js';

const STAYS: PlannedEffect = { kind: 'none', summary: 'Stays as it is' };
const LEFT_OUT: PlannedEffect = { kind: 'none', summary: 'Left out with these parameters' };
const LATER: PlannedEffect = { kind: 'unknown', summary: 'Known when an earlier step has run' };
const GOES = 'Is no longer part of it: taken away at the end, with all that is in it';

/** What a newer version would change of what lives, and the run that does it. */
@Injectable()
export class UpgradeRuns {
  constructor(
    private readonly reader: UpgradeStepsReader,
    private readonly store: RunStore,
    private readonly registry: ActionRegistry,
    private readonly expressions: Expressions,
    private readonly redactor: Redactor,
    private readonly secrets: SecretStore,
    private readonly ids: Ids,
  ) {}

  /** Changes nothing. */
  async plan(wish: UpgradeWish): Promise<PlannedChange[]> {
    const read = this.reader.read(wish);
    const changes = await Promise.all(read.steps.map((step) => this.planStep(step, read)));
    const gone = read.gone.map(({ name, title }): PlannedChange => {
      return { step: name, title, kind: 'destroy', summary: GOES, details: [] };
    });
    return [...changes, ...gone];
  }

  /** Answers the run's id. What lives keeps its key and its state in it; `of` stays as it is. */
  async create(tx: Tx, wish: UpgradeWish & { subject: SubjectRef; traceId: string }): Promise<string> {
    const { steps, gone, scope } = this.reader.read(wish);
    const id = this.ids.next('run');
    const { subject, traceId } = wish;
    const rows = [...steps.map(rowOf), ...gone.map(goneRowOf)];
    await this.store.insert(tx, { id, subject, kind: 'upgrade', scope, traceId }, rows);
    return id;
  }

  private async planStep(step: UpgradeStep, read: UpgradeSteps): Promise<PlannedChange> {
    const { name, title } = step.template;
    const effect = step.isLeftOut ? LEFT_OUT : await this.effectOf(step, read);
    const { kind, summary, details = [] } = effect;
    return this.redactor.value({ step: name, title, kind, summary, details: [...details] });
  }

  private async effectOf({ template, from }: UpgradeStep, { scope, outputs }: UpgradeSteps): Promise<PlannedEffect> {
    const action = this.registry.get(template.action);
    const seen = { ...scope, ...turnScope(template), steps: outputs };
    const input = this.inputOf(template.with, seen);
    if ('kind' in input) return input;
    const look = { secrets: this.secrets, labels: labelsOf(scope) };
    if (from === null) return action.plan(input.value, look);
    const { was } = from;
    if (was.input !== null && canonicalJson(was.input) === canonicalJson(input.value)) return STAYS;
    if (!action.changesInPlace)
      return {
        kind: 'cannot',
        summary: `What ${action.id} made can’t be changed in place. Request it anew and move over.`,
      };
    return action.plan(input.value, { ...look, made: { state: was.state, output: was.output } });
  }

  private inputOf(template: JsonObject, scope: JsonObject): { value: JsonObject } | PlannedEffect {
    try {
      return { value: this.expressions.evaluate(template, scope) as JsonObject };
    } catch (error) {
      if (looksBack(template)) return LATER;
      if (error instanceof AppError) return { kind: 'cannot', summary: error.publicMessage };
      throw error;
    }
  }
}

function rowOf({ template, from }: UpgradeStep): StepInsert {
  const { name, title, action } = template;
  if (from === null) return { name, title, action, template, actionState: null };
  const { actionState, idempotencyKey } = from.step;
  return { name, title, action, template: { ...template, was: from.was }, actionState, idempotencyKey };
}

function goneRowOf({ name, title, action, template, actionState, idempotencyKey }: StepRun): StepInsert {
  const { group: _alone, was: _before, ...rest } = template;
  return { name, title, action, template: { ...rest, gone: true }, actionState, idempotencyKey };
}
