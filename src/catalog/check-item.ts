import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { operationsProblems } from './check-operations.js';
import { optionProblems } from './check-options.js';
import { parametersProblems } from './check-parameters.js';
import { scopeAfter, stepsProblems } from './check-steps.js';
import { type Checkers, templateProblems } from './check-templates.js';
import type { KnownScope } from './expressions.js';
import { governanceProblems } from './governance.js';
import type { ItemDocument } from './item-parser.js';
import { isOptional } from './known-scope.js';

/** What is wrong with an item beyond its shape: its schema, its steps' actions and inputs, and every expression. */
export function itemProblems(document: YamlDocument, item: ItemDocument, checkers: Checkers): DocumentProblem[] {
  const schemaProblems = parametersProblems(document, item.parameters, checkers.expressions);
  if (schemaProblems.some(({ severity }) => severity === 'error')) return schemaProblems;
  return [
    ...schemaProblems,
    ...optionProblems(document, item, checkers),
    ...stepsProblems(document, item, checkers),
    ...outputProblems(document, item, checkers),
    ...operationsProblems(document, item, checkers),
  ].map((problem) => explainOptional(problem, item));
}

function outputProblems(document: YamlDocument, item: ItemDocument, checkers: Checkers): DocumentProblem[] {
  const known = scopeAfter(item, item.steps.length, checkers);
  const { params = {}, request = {} } = known;
  return [
    ...templateProblems(document, ['outputs'], { ...item.outputs }, known, checkers),
    ...(['title', 'identity'] as const).flatMap((field) => {
      const value = item.resource[field];
      if (value === undefined) return [];
      return templateProblems(document, ['resource', field], value, { params, request }, checkers);
    }),
    ...dependencyProblems(document, item, { params, request }, checkers),
    ...(item.concurrency?.target === undefined
      ? []
      : templateProblems(document, ['concurrency', 'target'], item.concurrency.target, { params, request }, checkers)),
    ...governanceProblems(document, item, { params, request }, checkers),
  ];
}

function dependencyProblems(
  document: YamlDocument,
  { resource: { dependsOn = [] } }: ItemDocument,
  known: KnownScope,
  checkers: Checkers,
): DocumentProblem[] {
  const path = ['resource', 'dependsOn'];
  if (typeof dependsOn === 'string') return templateProblems(document, path, dependsOn, known, checkers);
  return dependsOn.flatMap((one, index) => templateProblems(document, [...path, index], one, known, checkers));
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
