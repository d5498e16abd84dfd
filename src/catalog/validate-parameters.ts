import type { ErrorObject } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { Json } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import type { ParameterError, ParameterResult } from './form-field.js';
import { labelOf, optionsOf } from './form-fields.js';
import type { ParameterSchema, ParametersSchema } from './parameter-schema.js';
import { runValidator } from './parameter-validator.js';

const POISONED = new Set(['__proto__', 'constructor', 'prototype']);
const json = z.json() as z.ZodType<Json>;

/**
 * Checks what a person entered, fills in defaults, and turns the text of number and yes/no inputs into their type.
 * Empty optional fields are left out. The sentences name fields and rules, never a value: it might be a secret.
 */
export function validateParameters(item: Pick<CatalogItem, 'parameters'>, raw: unknown): ParameterResult {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { ok: false, errors: [{ field: '', message: 'The form could not be read. Open it again.' }] };
  const { value, errors } = declaredValues(item.parameters, raw);
  if (errors.length > 0) return { ok: false, errors };
  const problems = sentences(item.parameters, runValidator(item.parameters, value));
  return problems.length === 0 ? { ok: true, value } : { ok: false, errors: problems };
}

function declaredValues(
  schema: ParametersSchema,
  raw: object,
): { value: Record<string, Json>; errors: ParameterError[] } {
  const value: Record<string, Json> = {};
  const errors: ParameterError[] = [];
  for (const [name, given] of Object.entries(raw) as [string, unknown][]) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const parsed = json.safeParse(given ?? null);
    if (property === undefined)
      errors.push({ field: '', message: 'The form has a field this catalog item does not know. Open it again.' });
    else if (!parsed.success || holdsPoison(given))
      errors.push({ field: name, message: `${labelOf(name, property)} cannot be read.` });
    else {
      const typed = coerced(property, parsed.data);
      if (typed !== undefined) value[name] = typed;
    }
  }
  return { value, errors };
}

function holdsPoison(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPoison);
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).some((key) => POISONED.has(key) || holdsPoison(Reflect.get(value, key)));
}

/** Slack sends every input as text. `undefined` is an empty field. */
function coerced(schema: Pick<ParameterSchema, 'type'> & Partial<ParameterSchema>, value: Json): Json | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    return value.length === 0 && schema.default === undefined
      ? undefined
      : value.map((inner) => coerced(items, inner) ?? '');
  }
  if (typeof value !== 'string') return value;
  const text = schema['x-multiline'] === true ? value : value.trim();
  if (text === '') return undefined;
  if (schema.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  return isNumber && /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

/** One sentence a field: the first thing to mend. */
function sentences(schema: ParametersSchema, errors: readonly ErrorObject[]): ParameterError[] {
  const told = new Map<string, string>();
  const ranked = [...errors].sort((a, b) => rank(a) - rank(b));
  for (const error of ranked) {
    const [, first = ''] = error.instancePath.split('/');
    const field = error.keyword === 'required' ? missingOf(error) : first;
    const property = Object.hasOwn(schema.properties, field) ? schema.properties[field] : undefined;
    if (!told.has(field)) told.set(field, sentence(field, property, error));
  }
  return Object.keys(schema.properties)
    .concat('')
    .flatMap((field) => (told.has(field) ? [{ field, message: told.get(field) ?? '' }] : []));
}

function rank(error: ErrorObject): number {
  return ['type', 'required', 'oneOf', 'enum', 'maxLength', 'pattern'].indexOf(error.keyword) + 1 || 9;
}

function missingOf(error: ErrorObject): string {
  const params: Record<string, unknown> = error.params;
  return typeof params.missingProperty === 'string' ? params.missingProperty : '';
}

function sentence(field: string, property: ParameterSchema | undefined, error: ErrorObject): string {
  if (property === undefined) return 'The form is not as it should be. Open it again.';
  const label = labelOf(field, property);
  const limit = limitOf(error);
  switch (error.keyword) {
    case 'required':
      return `${label} is missing. Please fill it in.`;
    case 'type':
      return `${label} must be ${typeWords(property, error)}.`;
    case 'enum':
    case 'const':
    case 'oneOf':
      return `${label} must be one of: ${choices(property)}.`;
    case 'pattern':
      return property['x-pattern-hint'] ?? `${label} does not have the right form.${example(property)}`;
    case 'format':
      return `${label} must be ${formatWords(property)}.`;
    case 'minLength':
      return `${label} is too short: use at least ${limit} characters.`;
    case 'maxLength':
      return `${label} is too long: use at most ${limit} characters.`;
    case 'minimum':
      return `${label} must be at least ${limit}.`;
    case 'maximum':
      return `${label} must be at most ${limit}.`;
    case 'exclusiveMinimum':
      return `${label} must be more than ${limit}.`;
    case 'exclusiveMaximum':
      return `${label} must be less than ${limit}.`;
    case 'multipleOf':
      return `${label} must be a multiple of ${property.multipleOf ?? 1}.`;
    case 'minItems':
      return `${label} needs at least ${limit}.`;
    case 'maxItems':
      return `${label} may have at most ${limit}.`;
    case 'uniqueItems':
      return `${label} names something twice.`;
    default:
      return `${label} is not as it should be.${example(property)}`;
  }
}

function limitOf(error: ErrorObject): number {
  const params: Record<string, unknown> = error.params;
  return typeof params.limit === 'number' ? params.limit : 0;
}

function choices(property: ParameterSchema): string {
  const options = optionsOf(property.type === 'array' ? property.items : property) ?? [];
  return options.map((option) => option.title).join(', ');
}

function example(property: ParameterSchema): string {
  const [first] = property.examples ?? [];
  return first === undefined ? '' : ` For example: ${typeof first === 'string' ? first : JSON.stringify(first)}.`;
}

function typeWords(property: ParameterSchema, error: ErrorObject): string {
  const type = error.instancePath.split('/').length > 2 ? property.items?.type : property.type;
  const words = {
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'yes or no',
    array: 'a list',
  };
  return words[type ?? 'string'];
}

function formatWords(property: ParameterSchema): string {
  const words = {
    date: 'a date, like 2026-12-31',
    email: 'an e-mail address',
    uri: 'a web address, like https://example.com',
    'slack-user': 'a person of this workspace',
    'slack-channel': 'a channel of this workspace',
  };
  return words[property.format ?? property.items?.format ?? 'date'];
}
