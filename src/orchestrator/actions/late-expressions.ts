import { z } from 'zod';
import { Expressions, type KnownScope } from '../../catalog/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import { ActionFailed } from '../action.js';

const expressions = new Expressions();

/**
 * CEL over something that is there only when the step runs, so written without `${{ }}`. It is checked when the catalog is loaded
 * and worked out by the action. It is data: neither a shell nor anything else ever evaluates it.
 */
export function lateExpression(known: KnownScope, type?: 'bool' | 'string'): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(2_000)
    .superRefine((source, context) => {
      const problem = problemOf(source, known, type);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });
}

/** @throws ActionFailed naming the expression, never a value */
export function lateValue(source: string, scope: JsonObject): Json {
  try {
    return expressions.evaluate(template(source), scope);
  } catch (cause) {
    throw new ActionFailed(`There is nothing that “${source}” looks for.`, false, { cause });
  }
}

/** What lacks what the expression looks for does not hold. */
export function lateHolds(source: string, scope: JsonObject): boolean {
  try {
    return lateValue(source, scope) === true;
  } catch {
    return false;
  }
}

function problemOf(source: string, known: KnownScope, type: string | undefined): string | null {
  if (/\$\{\{|\}\}/.test(source)) return 'write the expression without ${{ }}, and } } with a space between';
  const [first] = expressions.problems(template(source), known, type);
  return first === undefined ? null : `the expression is wrong: ${first.message}`;
}

function template(source: string): string {
  return `\${{ ${source} }}`;
}
