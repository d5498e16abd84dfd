import {
  closest,
  type DocumentPath,
  type DocumentProblem,
  nameOf,
  type YamlDocument,
} from '../platform/documents/index.js';
import type { JsonObject } from '../shared/index.js';
import type { ActionCatalog } from './action-catalog.js';
import { holdsExpression } from './expression-template.js';
import type { Expressions, KnownScope } from './expressions.js';

/** What checking needs to know besides the file. */
export interface Checkers {
  readonly expressions: Expressions;
  readonly actions: ActionCatalog;
  /** What expressions know besides: in what is done to a living resource. */
  readonly also?: KnownScope;
}

/** Problems of every expression in the value at `path`. `expected` is the CEL type it must give, if that matters. */
export function templateProblems(
  document: YamlDocument,
  path: DocumentPath,
  value: JsonObject | string,
  known: KnownScope,
  checkers: Checkers,
  expected?: string,
): DocumentProblem[] {
  return checkers.expressions.problems(value, known, expected).map((problem) => {
    const { expression, offset, message, remedy } = problem;
    return document.problemInText(
      [...path, ...problem.path],
      expression,
      offset,
      `the expression is wrong: ${message}`,
      message.startsWith('No such key') ? remedyFor(message, known) : (remedy ?? remedyFor(message, known)),
    );
  });
}

/** Unknown actions, and inputs the action would refuse, as far as they can be seen before expressions have values. */
export function actionProblems(
  document: YamlDocument,
  path: DocumentPath,
  step: { readonly action: string; readonly with: JsonObject },
  { actions }: Checkers,
): DocumentProblem[] {
  if (!actions.has(step.action)) {
    const known = actions.describe().map((action) => action.id);
    const [near] = closest(step.action, known, 1);
    const remedy = near === undefined ? `write one of ${known.join(', ')} instead` : `write “${near}” instead`;
    return [document.problem([...path, 'action'], `there is no action “${step.action}”`, remedy)];
  }
  return actions
    .inputProblems(step.action, step.with)
    .filter((problem) => !leadsToExpression(step.with, problem.path))
    .map((problem) =>
      document.problem(
        [...path, 'with', ...problem.path],
        `${nameOf(['with', ...problem.path])} does not suit ${step.action}: ${problem.message}`,
        'write what the action expects; docs/catalog-authors.md lists its inputs',
      ),
    );
}

/** Whether what stands there is known only when the expression has a value. */
export function leadsToExpression(input: JsonObject, path: readonly (string | number)[]): boolean {
  let value: unknown = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break;
    value = Reflect.get(value, part);
  }
  return typeof value === 'string' && holdsExpression(value);
}

function remedyFor(message: string, known: KnownScope): string {
  const word = /(?:No such key|Unknown variable): (\w+)/.exec(message)?.[1];
  if (word === undefined) return 'write a valid CEL expression; docs/catalog-authors.md has examples';
  const names = [...namesOf(known)];
  const near = closest(
    word,
    names.map((name) => name.split('.').at(-1) ?? name),
    1,
  )[0];
  const full = names.find((name) => near !== undefined && (name === near || name.endsWith(`.${near}`)));
  return full === undefined
    ? `use only ${Object.keys(known).join(', ')} and what docs/catalog-authors.md lists under them`
    : `did you mean ${full}?`;
}

function* namesOf(known: KnownScope, prefix = ''): Generator<string> {
  for (const [name, type] of Object.entries(known)) {
    yield `${prefix}${name}`;
    if (typeof type !== 'string') yield* namesOf(type, `${prefix}${name}.`);
  }
}
