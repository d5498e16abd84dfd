import type { z } from 'zod';
import { ActionFailed } from './action-failed.js';

/** @throws ActionFailed naming fields, never values */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: 'input' | 'state',
  id: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new ActionFailed(`The ${what} of ${id} does not fit (${fields.join('; ')}). Nothing was changed.`, false);
}
