import type { DocumentPath, DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { parametersProblems } from './check-parameters.js';
import { scopeAfter, stepsProblems } from './check-steps.js';
import { type Checkers, templateProblems } from './check-templates.js';
import type { KnownScope } from './expressions.js';
import type { ItemDocument } from './item-parser.js';
import { operationScope } from './known-scope.js';
import type { Operation } from './operation.js';
import { possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';

/** What is wrong with what can be done to a living resource: names, forms, steps and every expression. */
export function operationsProblems(document: YamlDocument, item: ItemDocument, checkers: Checkers): DocumentProblem[] {
  const { operations = [] } = item;
  return [
    ...scheduleProblems(document, item),
    ...operations.flatMap((operation, index) => {
      const path = ['operations', index];
      const inside = document.within(path);
      const twice =
        operations.findIndex(({ name }) => name === operation.name) !== index || operation.name === 'reconcile';
      const said = `an operation named “${operation.name}” exists already`;
      const form = parametersProblems(inside, operation.parameters, checkers.expressions);
      return [
        ...(twice ? [document.problem([...path, 'name'], said, 'choose another name')] : []),
        ...form,
        ...(form.some(({ severity }) => severity === 'error') ? [] : bodyProblems(inside, item, operation, checkers)),
      ];
    }),
  ];
}

/** What puts it to sleep and wakes it is done without anybody there to fill in a form. */
function scheduleProblems(document: YamlDocument, { schedules, operations = [] }: ItemDocument): DocumentProblem[] {
  if (schedules === undefined) return [];
  const asked = (['sleep', 'wake'] as const).flatMap((field) => {
    const operation = operations.find(({ name }) => name === schedules[field]);
    const names = operations.map(({ name }) => name).join(', ');
    const path = ['schedules', field];
    if (operation === undefined)
      return [document.problem(path, `there is no operation “${schedules[field]}”`, `write one of ${names}`)];
    const wants = operation.parameters.required;
    return wants.length === 0
      ? []
      : [
          document.problem(
            path,
            `the operation “${operation.name}” has to be told ${wants.join(', ')}`,
            'give these defaults',
          ),
        ];
  });
  const twice = schedules.choices.flatMap(({ name }, index) =>
    schedules.choices.findIndex((one) => one.name === name) === index
      ? []
      : [
          document.problem(
            ['schedules', 'choices', index, 'name'],
            `there is a choice “${name}” already`,
            'choose another name',
          ),
        ],
  );
  return [...asked, ...twice];
}

function bodyProblems(
  document: YamlDocument,
  item: ItemDocument,
  operation: Operation,
  checkers: Checkers,
): DocumentProblem[] {
  const also = operationScope(item, operation);
  const within = { ...checkers, also };
  const acting = { ...item, steps: operation.steps };
  const after: KnownScope = { ...scopeAfter(acting, operation.steps.length, within) };
  const { sets = {}, outputs } = operation;
  const { params = {}, request = {} } = after;
  return [
    ...stepsProblems(document, acting, within),
    ...templateProblems(document, ['outputs'], { ...outputs }, after, checkers),
    ...unknownParameters(document, item, Object.keys(sets)),
    ...templateProblems(document, ['sets'], { ...sets }, { params, request, ...also }, checkers),
  ];
}

function unknownParameters(document: YamlDocument, item: ItemDocument, names: readonly string[]): DocumentProblem[] {
  const known = possibleFields(resolvedSchema(item.parameters)).map(({ name }) => name);
  return names.flatMap((name) => {
    const path: DocumentPath = ['sets', name];
    return known.includes(name)
      ? []
      : [document.problem(path, `the item has no parameter “${name}”`, `write one of ${known.join(', ')}`)];
  });
}
