import type { StepTemplate } from '../../catalog/index.js';
import { canonicalJson } from '../../shared/index.js';
import type { StepRun } from '../runs/index.js';

/** A step of the new version, and what lives of it. */
export interface MatchedStep {
  readonly template: StepTemplate;
  /** Null: it is new, or leaves nothing that could be kept. */
  readonly from: StepRun | null;
}

export interface MatchedSteps {
  readonly steps: readonly MatchedStep[];
  /** What lives and is no longer part of it: what was made last goes first. */
  readonly gone: readonly StepRun[];
}

/** Steps of both versions belong together by name and action; turns of a loop by what they are about, else by their place. */
export function matchSteps(lived: readonly StepRun[], wanted: readonly StepTemplate[]): MatchedSteps {
  const left = new Set(lived.filter(hasSomethingToKeep));
  const take = (template: StepTemplate, isIt: (step: StepRun) => boolean): StepRun | null => {
    if (template.phase !== undefined) return null;
    const found = [...left].find(
      (step) =>
        step.state === 'succeeded' &&
        step.name === template.name &&
        step.action === template.action &&
        (step.template.loop === undefined) === (template.loop === undefined) &&
        isIt(step),
    );
    if (found !== undefined) left.delete(found);
    return found ?? null;
  };
  const first = wanted.map((template) => take(template, (step) => isSameTurn(step.template, template)));
  const steps = wanted.map((template, index) => {
    const from = first[index] ?? take(template, (step) => step.template.loop?.index === template.loop?.index);
    return { template, from };
  });
  return { steps, gone: [...left].reverse() };
}

function isSameTurn({ loop: one }: StepTemplate, { loop: other }: StepTemplate): boolean {
  return canonicalJson(one?.item ?? null) === canonicalJson(other?.item ?? null);
}

/** Checks leave nothing behind: they are made again. */
function hasSomethingToKeep({ actionState, state }: StepRun): boolean {
  return actionState !== null && Object.keys(actionState).length > 0 && state !== 'compensated';
}
