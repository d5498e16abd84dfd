import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { parametersProblems } from './check-parameters.js';
import { actionProblems, type Checkers, templateProblems } from './check-templates.js';
import type { KnownScope } from './expressions.js';
import { governanceProblems } from './governance.js';
import type { ItemDocument } from './item-parser.js';
import { isOptional, itemScope } from './known-scope.js';

/** What is wrong with an item beyond its shape: its schema, its steps' actions and inputs, and every expression. */
export function itemProblems(document: YamlDocument, item: ItemDocument, checkers: Checkers): DocumentProblem[] {
  const schemaProblems = parametersProblems(document, item.parameters, checkers.expressions);
  if (schemaProblems.some(({ severity }) => severity === 'error')) return schemaProblems;
  return [
    ...schemaProblems,
    ...duplicateNames(document, item.steps),
    ...item.steps.flatMap((_step, index) => stepProblems(document, item, index, checkers)),
    ...outputProblems(document, item, checkers),
  ].map((problem) => explainOptional(problem, item));
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

function stepProblems(
  document: YamlDocument,
  item: ItemDocument,
  index: number,
  checkers: Checkers,
): DocumentProblem[] {
  const step = item.steps[index];
  if (step === undefined) return [];
  const known = scopeAfter(item, index, checkers);
  const path = ['steps', index];
  return [
    ...actionProblems(document, path, step, checkers),
    ...templateProblems(document, [...path, 'with'], step.with, known, checkers),
    ...(step.if === undefined ? [] : templateProblems(document, [...path, 'if'], step.if, known, checkers, 'bool')),
  ];
}

function outputProblems(document: YamlDocument, item: ItemDocument, checkers: Checkers): DocumentProblem[] {
  const known = scopeAfter(item, item.steps.length, checkers);
  const { params = {}, request = {} } = known;
  return [
    ...templateProblems(document, ['outputs'], { ...item.outputs }, known, checkers),
    ...templateProblems(document, ['resource', 'title'], item.resource.title, { params, request }, checkers),
    ...governanceProblems(document, item, { params, request }, checkers),
  ];
}

function scopeAfter(item: ItemDocument, steps: number, { actions }: Checkers): KnownScope {
  const described = actions.describe();
  return itemScope(item, item.steps.slice(0, steps), (id) => described.find((action) => action.id === id)?.outputs);
}

function explainOptional(problem: DocumentProblem, item: ItemDocument): DocumentProblem {
  const name = /No such key: (\w+)/.exec(problem.message)?.[1];
  if (name === undefined || !isOptional(item.parameters, name)) return problem;
  return {
    ...problem,
    message: `the expression uses params.${name}, which a person may leave empty`,
    remedy: `give the parameter a default, make it required, or write has(params.${name}) ? params.${name} : …`,
  };
}
