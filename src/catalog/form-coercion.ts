import type { Json } from '../shared/index.js';
import type { ParameterSchema, PartialParameter } from './parameter-schema.js';

/** As Slack's time picker gives it; JSON Schema's `time` wants seconds and a zone, and ours is UTC. */
const TIME_OF_DAY = /^\d{2}:\d{2}$/;
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/**
 * Slack sends every input as text; this is the value in the parameter's own type. What does not fit stays as it is, for
 * the schema to refuse. `undefined` is an empty field.
 */
export function coerced(schema: PartialParameter, value: Json): Json | undefined {
  if (value === null) return undefined;
  if (schema.type === 'array') return list(schema, value);
  if (typeof value !== 'string') return value;
  const text = schema['x-multiline'] === true ? value : value.trim();
  if (text === '') return undefined;
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (schema.format === 'time' && TIME_OF_DAY.test(text)) return `${text}:00Z`;
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  return isNumber && NUMBER.test(text) ? Number(text) : text;
}

function list(schema: PartialParameter, value: Json): Json | undefined {
  const items: PartialParameter = schema.items ?? {};
  if (typeof value === 'string') return list(schema, linesOf(value));
  if (!Array.isArray(value)) return value;
  // No choice at all is an empty field, unless there would be a default instead.
  if (value.length === 0 && schema.default === undefined && schema['x-default'] === undefined) return undefined;
  return value.map((inner) => coerced(items, inner) ?? '');
}

/** One entry a line; blank lines are no entries. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Which line of the text the nth entry stands on, from 1. */
export function lineOf(text: string, index: number): number {
  const filled = text.split(/\r?\n/).flatMap((line, at) => (line.trim() === '' ? [] : [at + 1]));
  return filled[index] ?? index + 1;
}

/** Whether an expression's result may stand as this parameter's default. */
export function suits(schema: ParameterSchema, value: Json): boolean {
  if (schema.type === 'integer') return Number.isSafeInteger(value);
  if (schema.type === 'array') return Array.isArray(value);
  return typeof value === schema.type;
}
