import { z } from 'zod';
import { Expressions } from '../../../catalog/index.js';
import type { Json } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, else text. */
  readonly body: Json;
}

const KNOWN = { response: { status: 'int', headers: 'dyn', body: 'dyn' } };
const expressions = new Expressions();

/** CEL over `response`, without `${{ }}`: it is worked out when the answer is there. Checked when the catalog is loaded. */
export function responseExpression(type?: 'bool' | 'string'): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(2_000)
    .superRefine((source, context) => {
      const problem = problemOf(source, type);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });
}

/** @throws ActionFailed naming the expression, never a value */
export function valueOf(source: string, response: Response): Json {
  try {
    return expressions.evaluate(template(source), { response: { ...response } });
  } catch (cause) {
    throw new ActionFailed(`The answer does not have what “${source}” looks for.`, false, { cause });
  }
}

/** An answer that lacks what the expression looks for does not hold. */
export function holds(source: string, response: Response): boolean {
  try {
    return valueOf(source, response) === true;
  } catch {
    return false;
  }
}

function problemOf(source: string, type: string | undefined): string | null {
  if (/\$\{\{|\}\}/.test(source)) return 'write the expression without ${{ }}, and } } with a space between';
  const [first] = expressions.problems(template(source), KNOWN, type);
  return first === undefined ? null : `the expression is wrong: ${first.message}`;
}

function template(source: string): string {
  return `\${{ ${source} }}`;
}
