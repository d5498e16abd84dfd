import type { z } from 'zod';
import type { Json } from '../../../shared/index.js';
import { lateExpression, lateHolds, lateValue } from '../late-expressions.js';

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, else text. */
  readonly body: Json;
}

/** CEL over `response`, without `${{ }}`: it is worked out when the answer is there. */
export function responseExpression(type?: 'bool' | 'string'): z.ZodType<string, string> {
  return lateExpression({ response: { status: 'int', headers: 'dyn', body: 'dyn' } }, type);
}

/** @throws ActionFailed naming the expression, never a value */
export function valueOf(source: string, response: Response): Json {
  return lateValue(source, { response: { ...response } });
}

export function holds(source: string, response: Response): boolean {
  return lateHolds(source, { response: { ...response } });
}
