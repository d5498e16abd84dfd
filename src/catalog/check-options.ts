import { closest, type DocumentPath, type DocumentProblem, type YamlDocument } from '../platform/documents/index.js';
import type { CatalogItem } from './catalog-item.js';
import { type Checkers, leadsToExpression, templateProblems } from './check-templates.js';
import type { KnownScope } from './expressions.js';
import { type WrittenSource, writtenSources } from './option-fields.js';
import { optionNeeds } from './option-needs.js';
import type { ActionOptions, HttpOptions, ResourceOptions } from './option-source.js';
import { possibleFields } from './parameter-layers.js';
import { resolveRefs } from './parameter-refs.js';

const USER = { name: 'string', email: 'string', timezone: 'string' };
const REQUEST = { team: 'string', environment: 'string', requesterId: 'string' };
const RESOURCE = {
  id: 'string',
  kind: 'string',
  title: 'string',
  itemName: 'string',
  team: 'string',
  environment: 'string',
  parameters: 'dyn',
  outputs: 'dyn',
};
/** Scheme and host are written out: what somebody types never decides where a request goes. */
const LITERAL_HOST = /^https?:\/\/[^/?#${}]+(?:[/?#]|$)/;

/** What is wrong with the sources of options beyond their shape: expressions, lookups that do not exist, addresses. */
export function optionProblems(
  document: YamlDocument,
  { parameters }: Pick<CatalogItem, 'parameters'>,
  checkers: Checkers,
): DocumentProblem[] {
  const resolved = resolveRefs(parameters);
  const { schema } = resolved;
  const names = possibleFields(schema).map(({ name }) => name);
  const problems = [...writtenSources(schema)].flatMap(({ source, within }) =>
    problemsOf({ document, checkers, source, within, names, path: resolved.pathOf(source) }),
  );
  // A definition that is used in several places is wrong only once.
  return [
    ...new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem])).values(),
  ];
}

interface Subject extends WrittenSource {
  readonly document: YamlDocument;
  readonly checkers: Checkers;
  readonly path: DocumentPath;
  readonly names: readonly string[];
}

function problemsOf(subject: Subject): DocumentProblem[] {
  const { document, source, within, path } = subject;
  if (optionNeeds(source).parameters.includes(within))
    return [
      document.problem(path, 'the options of a parameter cannot depend on itself', 'use only other parameters here'),
    ];
  switch (source.from) {
    case 'action':
      return actionProblems(subject, source);
    case 'http':
      return httpProblems(subject, source);
    case 'resources':
      return resourceProblems(subject, source);
    default:
      return [];
  }
}

function actionProblems(subject: Subject, source: ActionOptions): DocumentProblem[] {
  const { document, checkers, path } = subject;
  if (!checkers.actions.hasLookup(source.action)) {
    const ids = checkers.actions.lookups().map(({ id }) => id);
    const [near] = closest(source.action, ids, 1);
    const remedy = near === undefined ? `write one of ${ids.join(', ')} instead` : `write “${near}” instead`;
    return [document.problem([...path, 'action'], `there is no lookup “${source.action}”`, remedy)];
  }
  const input = source.with ?? {};
  const unsuited = checkers.actions
    .lookupProblems(source.action, input)
    .filter((problem) => !leadsToExpression(input, problem.path))
    .map(({ path: inside, message }) =>
      document.problem(
        [...path, 'with', ...inside],
        `this does not suit ${source.action}: ${message}`,
        'write what the lookup expects; docs/catalog-authors.md lists its inputs',
      ),
    );
  return [...unsuited, ...templates(subject, 'with', input, asking(subject))];
}

function httpProblems(subject: Subject, source: HttpOptions): DocumentProblem[] {
  const { document, path } = subject;
  const remedy = 'begin with https:// and the host itself; expressions may follow in the path and the query';
  if (!LITERAL_HOST.test(source.url) || source.url.includes('@'))
    return [document.problem([...path, 'url'], 'the address has no host that is written out', remedy)];
  const item = { item: 'dyn' };
  return [
    ...templates(subject, 'url', source.url, asking(subject)),
    ...templates(subject, 'items', source.items, { response: 'dyn' }),
    ...(['value', 'title', 'description'] as const).flatMap((key) => templates(subject, key, source[key], item)),
  ];
}

function resourceProblems(subject: Subject, source: ResourceOptions): DocumentProblem[] {
  const known = { resource: RESOURCE, ...asking(subject) };
  return [
    ...templates(subject, 'where', source.where, known, 'bool'),
    ...templates(subject, 'value', source.value, known),
    ...templates(subject, 'title', source.title, known),
  ];
}

/** Of any type: other parameters are read only once they have a value. */
function asking({ names }: Subject): KnownScope {
  const params = Object.fromEntries(names.map((name) => [name, 'dyn']));
  return { params, request: REQUEST, user: USER, query: 'string' };
}

function templates(
  { document, path, checkers }: Subject,
  key: string,
  template: Parameters<typeof templateProblems>[2] | undefined,
  known: KnownScope,
  expected?: string,
): DocumentProblem[] {
  return template === undefined ? [] : templateProblems(document, [...path, key], template, known, checkers, expected);
}
