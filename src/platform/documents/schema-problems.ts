import type { z } from 'zod';
import { closest } from './closest.js';
import type { DocumentProblem } from './document-problem.js';
import type { DocumentPath, YamlDocument } from './yaml-document.js';

type Issue = z.core.$ZodIssue;

/** Says where the file differs from its schema, at the line, with what to write instead. */
export function schemaProblems(
  document: YamlDocument,
  issues: readonly Issue[],
  at: DocumentPath = [],
): DocumentProblem[] {
  return issues.flatMap((issue) => problemsOf(document, issue, [...at, ...pathOf(issue)]));
}

function problemsOf(document: YamlDocument, issue: Issue, path: DocumentPath): DocumentProblem[] {
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        document.problemAtKey(
          path,
          key,
          `“${key}” is not known here`,
          'remove it, or check its spelling in docs/catalog-authors.md',
        ),
      );
    case 'invalid_type':
      return [
        issue.message.includes('received undefined')
          ? document.problem(path, `${name} is missing`, `write “${last(path)}: <${issue.expected}>”`)
          : document.problem(path, `${name} must be ${an(issue.expected)}`, `write ${an(issue.expected)} instead`),
      ];
    case 'invalid_value':
      return [
        document.problem(
          path,
          `${name} is not one of the allowed values`,
          valueRemedy(issue.values, valueAt(document, path)),
        ),
      ];
    case 'invalid_key':
      return issue.issues.map((inner) =>
        document.problemAtKey(
          path.slice(0, -1),
          last(path),
          `${name}: ${lowerFirst(inner.message)}`,
          'write another name instead',
        ),
      );
    case 'invalid_union':
      return unionProblems(document, issue, path);
    case 'too_small':
    case 'too_big':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [document.problem(path, `${name}: ${lowerFirst(issue.message)}`, remedyOf(issue))];
  }
}

/** Only the branch that came nearest is worth telling. */
function unionProblems(
  document: YamlDocument,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: DocumentPath,
): DocumentProblem[] {
  if (issue.errors.length === 0 || ('discriminator' in issue && issue.discriminator !== undefined)) {
    return [
      document.problem(
        path,
        `${nameOf(path)} is not one of the allowed values`,
        `write another value instead; ${issue.message}`,
      ),
    ];
  }
  const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
  return schemaProblems(document, nearest, path);
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function remedyOf(issue: Issue): string {
  if (issue.code === 'custom' && typeof issue.params?.remedy === 'string') return issue.params.remedy;
  if (issue.code === 'invalid_format' && issue.format === 'regex')
    return `write it like ${issue.pattern ?? 'the pattern'} instead`;
  return 'write another value instead';
}

function valueRemedy(values: readonly unknown[], given: unknown): string {
  const words = values.map(String);
  const near = typeof given === 'string' ? closest(given, words, 1)[0] : undefined;
  return near === undefined ? `write one of ${words.join(', ')} instead` : `write “${near}” instead`;
}

function valueAt(document: YamlDocument, path: DocumentPath): unknown {
  let value: unknown = document.value;
  for (const part of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  return value;
}

function pathOf(issue: Issue): (string | number)[] {
  return issue.path.filter((part) => typeof part !== 'symbol');
}

/** `steps[1].with` */
export function nameOf(path: DocumentPath): string {
  if (path.length === 0) return 'the file';
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

function last(path: DocumentPath): string {
  return path.findLast((part) => typeof part === 'string') ?? 'value';
}

function an(expected: string): string {
  const words: Partial<Record<string, string>> = {
    object: 'a map of keys and values',
    record: 'a map of keys and values',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    string: 'text',
  };
  return words[expected] ?? `a ${expected}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
