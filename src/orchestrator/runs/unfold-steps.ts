import { type Expressions, holdsExpression, type StepTemplate } from '../../catalog/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import { ActionFailed } from '../action.js';

/** More turns than this are a mistake, or a job for something else. */
const MAX_TURNS = 50;

/** Loops become one step for each element, with titles that say which. @throws ActionFailed when a list is none, or too long */
export function unfoldSteps(
  steps: readonly StepTemplate[],
  scope: JsonObject,
  expressions: Expressions,
): readonly StepTemplate[] {
  return steps.flatMap((step) => {
    if (step.forEach === undefined) return [{ ...step, title: titleOf(step, scope, expressions) }];
    return turnsOf(step, step.forEach, scope, expressions).map((item, index) => ({
      ...step,
      title: titleOf(step, { ...scope, item, index }, expressions),
      loop: { index, item },
    }));
  });
}

/** What the expressions of one turn see besides. */
export function turnScope({ loop }: Pick<StepTemplate, 'loop'>): JsonObject {
  return loop === undefined ? {} : { item: loop.item, index: loop.index };
}

function turnsOf(step: StepTemplate, forEach: string, scope: JsonObject, expressions: Expressions): readonly Json[] {
  const list = expressions.evaluate(forEach, scope);
  if (!Array.isArray(list)) throw new ActionFailed(`“${step.title}” loops over something that is no list.`, false);
  if (list.length > MAX_TURNS)
    throw new ActionFailed(
      `“${step.title}” would run ${list.length} times; ${MAX_TURNS} is the most. Ask for less.`,
      false,
    );
  return list;
}

function titleOf({ title }: StepTemplate, scope: JsonObject, expressions: Expressions): string {
  if (!holdsExpression(title)) return title;
  const said = expressions.evaluate(title, scope);
  return (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, 150);
}
