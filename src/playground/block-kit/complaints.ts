import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Zod's findings in Slack's words: `[ERROR] must be less than 25 characters [json-pointer:/view/title/text]`. */
export function complaints(error: z.ZodError, input: unknown, root: string): string[] {
  return error.issues.map((issue) => {
    const { sentence, path } = describe(issue, valueAt(input, issue.path));
    return `[ERROR] ${sentence} [json-pointer:${root}${path.map((part) => `/${String(part)}`).join('')}]`;
  });
}

function describe(issue: Issue, value: unknown): { sentence: string; path: PropertyKey[] } {
  const missing = value === undefined && issue.code !== 'custom' && issue.path.length > 0;
  if (missing)
    return { sentence: `missing required field: ${String(issue.path.at(-1))}`, path: issue.path.slice(0, -1) };
  return { sentence: sentenceOf(issue, value), path: issue.path };
}

function sentenceOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'too_big':
      if (issue.origin === 'array') return `no more than ${issue.maximum} items allowed`;
      if (issue.origin === 'string') return `must be less than ${Number(issue.maximum) + 1} characters`;
      return `must be at most ${issue.maximum}`;
    case 'too_small':
      if (issue.origin === 'array') return `no fewer than ${issue.minimum} items allowed`;
      if (issue.origin === 'string') return `must be more than ${Number(issue.minimum) - 1} characters`;
      return `must be at least ${issue.minimum}`;
    case 'unrecognized_keys':
      return `invalid additional property: ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return `must provide ${/^[aeiou]/u.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_union':
      return typeof value === 'string' ? `unsupported type: ${value}` : 'must provide a supported type';
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
