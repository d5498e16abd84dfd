import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { actionProblems, type Checkers, templateProblems } from './check-templates.js';
import { holdsExpression } from './expression-template.js';
import type { KnownScope } from './expressions.js';
import type { ItemDocument } from './item-parser.js';
import { itemScope } from './known-scope.js';
import type { StepTemplate } from './step-template.js';

const PHASES: Readonly<Record<string, number>> = { 'pre-check': 0, make: 1, 'post-check': 2 };

/** What is wrong with the steps beyond their shape: names, order, actions, inputs, and every expression. */
export function stepsProblems(document: YamlDocument, item: ItemDocument, checkers: Checkers): DocumentProblem[] {
  return [
    ...duplicateNames(document, item.steps),
    ...orderProblems(document, item.steps),
    ...item.steps.flatMap((step, index) => stepProblems(document, item, step, index, checkers)),
  ];
}

/** Two steps of one name would overwrite each other's output. */
export function duplicateNames(document: YamlDocument, steps: readonly { name: string }[]): DocumentProblem[] {
  return steps.flatMap((step, index) =>
    steps.findIndex((other) => other.name === step.name) === index
      ? []
      : [
          document.problem(
            ['steps', index, 'name'],
            `a step named “${step.name}” exists already`,
            'choose another name',
          ),
        ],
  );
}

/** What expressions may use after so many steps. */
export function scopeAfter(
  item: ItemDocument,
  steps: number,
  { actions, also = {} }: Checkers,
  { but = [], under }: { but?: readonly string[]; under?: StepTemplate } = {},
): KnownScope {
  const described = actions.describe();
  const earlier = item.steps.slice(0, steps).filter(({ name }) => !but.includes(name));
  const outputsOf = (id: string) => described.find((action) => action.id === id)?.outputs;
  return { ...itemScope(item, earlier, outputsOf, under), ...also };
}

function stepProblems(
  document: YamlDocument,
  item: ItemDocument,
  step: StepTemplate,
  index: number,
  checkers: Checkers,
): DocumentProblem[] {
  const path = ['steps', index];
  const sameTime = item.steps.filter(({ group }) => group !== undefined && group === step.group);
  const but = sameTime.map(({ name }) => name);
  const outside = scopeAfter(item, index, checkers, { but });
  const turn = step.forEach === undefined ? {} : { item: 'dyn', index: 'int' };
  const known = { ...outside, ...turn };
  const inside = { ...scopeAfter(item, index, checkers, { but, under: step }), ...turn };
  const { forEach, if: condition, title, expect = [] } = step;
  const own = { ...scopeAfter(item, index + 1, checkers, { under: step }), ...turn };
  const { params = {}, request = {}, resource = {} } = outside;
  const early = { params, request, resource, ...checkers.also };
  return [
    ...actionProblems(document, path, step, checkers),
    ...templateProblems(document, [...path, 'with'], step.with, inside, checkers),
    ...(condition === undefined ? [] : templateProblems(document, [...path, 'if'], condition, known, checkers, 'bool')),
    ...(forEach === undefined ? [] : loopProblems(document, [...path, 'forEach'], forEach, early, checkers)),
    ...(holdsExpression(title)
      ? templateProblems(document, [...path, 'title'], title, { ...early, ...turn }, checkers)
      : []),
    ...expect.flatMap(({ that }, n) =>
      templateProblems(document, [...path, 'expect', n, 'that'], that, own, checkers, 'bool'),
    ),
  ];
}

function loopProblems(
  document: YamlDocument,
  path: (string | number)[],
  forEach: string,
  known: KnownScope,
  checkers: Checkers,
): DocumentProblem[] {
  if (!holdsExpression(forEach))
    return [document.problem(path, 'a loop goes over one expression that gives a list', 'write ${{ params.… }}')];
  return templateProblems(document, path, forEach, known, checkers, 'list').map((problem) =>
    /\bsteps\b/.test(problem.message)
      ? { ...problem, remedy: 'loop over a parameter: how many steps there are must be known in the plan' }
      : problem,
  );
}

function orderProblems(document: YamlDocument, steps: readonly StepTemplate[]): DocumentProblem[] {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    if (before === undefined) return [];
    const rank = ({ phase = 'make' }: { phase?: string }): number => PHASES[phase] ?? 1;
    const problems: DocumentProblem[] = [];
    if (rank(before) > rank(step))
      problems.push(
        document.problem(
          ['steps', index, 'phase'],
          `“${step.name}” comes after a ${before.phase ?? 'step that makes something'}`,
          'write pre-checks first and post-checks last',
        ),
      );
    const apart = step.group !== undefined && before.group !== step.group;
    if (apart && steps.slice(0, index).some(({ group }) => group === step.group))
      problems.push(
        document.problem(
          ['steps', index, 'group'],
          `the steps of the group “${step.group}” don’t stand next to each other`,
          'put them together, or name another group',
        ),
      );
    return problems;
  });
}
