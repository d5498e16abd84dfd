import { Injectable } from '@nestjs/common';
import { Expressions, type LivingStep, type StepTemplate } from '../../catalog/index.js';
import type { JsonObject } from '../../shared/index.js';
import type { Facts } from '../action.js';
import { looksBack } from '../looks-back.js';
import { outputsOf, type Run, type StepRun, turnScope, unfoldSteps } from '../runs/index.js';
import { matchSteps } from './match-steps.js';

/** A newer version, and what lives of the former one. */
export interface UpgradeWish {
  /** The run that made what lives. */
  readonly of: Run;
  /** Of the newer version. */
  readonly steps: readonly StepTemplate[];
  readonly parameters: JsonObject;
  /** The credentials as they are now: they may be others than those that the run made. */
  readonly secretRef: string | null;
  /** What was found of what lives, by position. */
  readonly facts: Readonly<Record<string, Facts>>;
}

export interface UpgradeStep {
  readonly template: StepTemplate;
  readonly from: { readonly step: StepRun; readonly was: LivingStep } | null;
  /** Its condition does not hold. */
  readonly isLeftOut: boolean;
}

export interface UpgradeSteps {
  readonly scope: JsonObject;
  /** What earlier steps gave, for whoever looks back at them before they have run again. */
  readonly outputs: JsonObject;
  readonly steps: readonly UpgradeStep[];
  readonly gone: readonly StepRun[];
}

/** Puts the steps of a newer version beside what lives of the former one. */
@Injectable()
export class UpgradeStepsReader {
  constructor(private readonly expressions: Expressions) {}

  /** @throws ActionFailed when a loop is none */
  read({ of, steps, parameters, secretRef, facts }: UpgradeWish): UpgradeSteps {
    const scope = { ...of.scope, params: parameters };
    const given = of.steps.map((step) => withCredentials(step, of, secretRef));
    const outputs = outputsOf(given.filter(({ template }) => template.gone !== true));
    const { steps: matched, gone } = matchSteps(given, unfoldSteps(steps, scope, this.expressions));
    const read = matched.map(({ template, from }): UpgradeStep => {
      const isLeftOut = this.isLeftOut(template, { ...scope, ...turnScope(template), steps: outputs });
      if (from === null || isLeftOut) return { template, from: null, isLeftOut };
      return { template, from: { step: from, was: this.lived(of, from, facts) }, isLeftOut };
    });
    const dropped = matched.flatMap(({ from }, index) =>
      from !== null && read[index]?.isLeftOut === true ? [from] : [],
    );
    return { scope, outputs, steps: read, gone: [...gone, ...dropped] };
  }

  private isLeftOut({ if: condition }: StepTemplate, scope: JsonObject): boolean {
    if (condition === undefined) return false;
    try {
      return !this.expressions.condition(condition, scope);
    } catch (error) {
      // Known when it runs.
      if (looksBack(condition)) return false;
      throw error;
    }
  }

  private lived(run: Run, step: StepRun, facts: UpgradeWish['facts']): LivingStep {
    const { position, actionState, output, template } = step;
    const scope = { ...run.scope, ...turnScope(template), steps: outputsOf(run.steps.slice(0, position)) };
    const found = { state: actionState ?? {}, output: output ?? {}, facts: facts[String(position)] ?? {} };
    try {
      return { ...found, input: this.expressions.evaluate(template.with, scope) as JsonObject };
    } catch {
      return { ...found, input: null };
    }
  }
}

/** A password that was changed since is the one that counts. */
function withCredentials(step: StepRun, { steps }: Run, now: string | null): StepRun {
  const first = steps.map(({ output }) => output?.secretRef).find((ref) => typeof ref === 'string');
  if (now === null || first === undefined || step.output?.secretRef !== first) return step;
  return { ...step, output: { ...step.output, secretRef: now } };
}
