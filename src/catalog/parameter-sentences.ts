import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Json } from '../shared/index.js';
import { lineOf } from './form-coercion.js';
import type { ParameterError } from './form-field.js';
import { kindOf, labelOf, optionsOf, textOf } from './form-fields.js';
import type { Settled, SettledField } from './form-settle.js';
import type { PartialParameter } from './parameter-schema.js';
import { formatWords, typeWords } from './parameter-words.js';

const UNREADABLE = 'The form is not as it should be. Open it again.';
/** Of several things wrong with one field the first is told. */
const RANKS = ['type', 'required', 'dependentRequired', 'oneOf', 'enum', 'maxLength', 'pattern'];
/** Ajv adds these to the errors of the branch itself. */
const ECHOES = new Set(['if', 'allOf']);
const NOT_GIVEN = new Set(['required', 'dependentRequired', 'type', 'pattern']);
const OF_BRANCHES = new Set(['unevaluatedProperties', 'false schema']);

/** What an error is about: a field, and for lists the entry of it. */
interface Target {
  readonly path: string;
  readonly field: SettledField | undefined;
  readonly name: string;
  readonly entry: number | undefined;
}

/** One sentence a field, in the order of the form: the first thing to mend. Values are never repeated. */
export function sentences(settled: Settled, errors: readonly ErrorObject[]): ParameterError[] {
  const told = new Map<string, string>();
  for (const error of [...tellingOf(settled, errors)].sort((a, b) => rank(a) - rank(b))) {
    const target = targetOf(settled, error);
    if (!told.has(target.path)) told.set(target.path, sentence(target, error));
  }
  const order = [...pathsOf(settled)];
  return [...told]
    .map(([field, message]) => ({ field, message }))
    .sort((a, b) => place(order, a.field) - place(order, b.field));
}

/**
 * A branch with an error in it counts as if it spoke of nothing, and one that is not decided yet as if it were the other:
 * what JSON Schema then says of fields that do not show means nothing beside the errors of those that do.
 */
function tellingOf(settled: Settled, errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const own = errors.filter(({ keyword }) => !ECHOES.has(keyword));
  const clear = own.filter((error) => !OF_BRANCHES.has(error.keyword) && targetOf(settled, error).field !== undefined);
  return clear.length > 0 ? clear : own;
}

function place(order: readonly string[], path: string): number {
  const at = order.indexOf(path);
  return at === -1 ? order.length : at;
}

function* pathsOf({ fields }: Settled): Generator<string> {
  for (const { path, inner, entries = [] } of fields) {
    yield path;
    if (inner !== undefined) yield* pathsOf(inner);
    for (const entry of entries) yield* pathsOf(entry);
  }
}

function rank({ keyword }: ErrorObject): number {
  return RANKS.indexOf(keyword) + 1 || 9;
}

function targetOf(settled: Settled, error: ErrorObject): Target {
  const params: Record<string, unknown> = error.params;
  const missing = params.missingProperty ?? params.unevaluatedProperty;
  const parts = error.instancePath.split('/').slice(1);
  const whole = typeof missing === 'string' ? [...parts, missing] : parts;
  return find(settled, whole);
}

function find(settled: Settled, parts: readonly string[]): Target {
  const [name = '', index, ...rest] = parts;
  const field = settled.fields.find((one) => one.name === name);
  const deeper = index === undefined ? [] : [index, ...rest];
  if (field?.inner !== undefined && deeper.length > 0) return find(field.inner, deeper);
  const entry = index === undefined ? undefined : field?.entries?.[Number(index)];
  if (entry !== undefined && rest.length > 0) return find(entry, rest);
  return { path: field?.path ?? '', field, name, entry: index === undefined ? undefined : Number(index) };
}

function sentence({ field, name, entry, path }: Target, error: ErrorObject): string {
  if (field === undefined || path === '') return UNREADABLE;
  const label = labelOf(name, field.schema);
  if (entry === undefined || field.schema.items === undefined) return words(label, field.schema, error);
  const items = { ...field.schema.items };
  if (kindOf(field.schema) !== 'lines') return words(label, items, error);
  const line = lineOf(typeof field.given === 'string' ? field.given : '', entry);
  return `Line ${line}: ${words(items.title ?? 'each line', items, error)}`;
}

function words(label: string, schema: PartialParameter, error: ErrorObject): string {
  const limit = limitOf(error);
  if (schema.writeOnly === true && NOT_GIVEN.has(error.keyword)) return notGiven(label, error);
  switch (error.keyword) {
    case 'required':
    case 'dependentRequired':
      return `${label} is missing. Please fill it in.`;
    case 'unevaluatedProperties':
    case 'false schema':
      return `${label} does not apply here. Leave it empty.`;
    case 'type':
      return `${label} must be ${typeWords(schema.type)}.`;
    case 'const':
      return `${label} can only be what the form shows.`;
    case 'enum':
    case 'oneOf':
      return `${label} must be one of: ${choices(schema)}.`;
    case 'pattern':
      return schema['x-pattern-hint'] ?? `${label} does not have the right form.${example(schema)}`;
    case 'format':
      return `${label} must be ${formatWords(schema.format)}.`;
    case 'multipleOf':
      return `${label} must be a multiple of ${schema.multipleOf ?? 1}.`;
    case 'uniqueItems':
      return `${label} names something twice.`;
    default:
      return bound(label, error.keyword, limit) ?? `${label} is not as it should be.${example(schema)}`;
  }
}

/** The text of the button beside it is in slack/request. */
function notGiven(label: string, { keyword }: ErrorObject): string {
  const why =
    keyword === 'required' || keyword === 'dependentRequired' ? 'is missing' : 'is not something that was given';
  return `${label} ${why}. Press “Give it” to type it on a page of its own, not in Slack.`;
}

function bound(label: string, keyword: string, limit: number): string | undefined {
  const said: Record<string, string> = {
    minLength: `${label} is too short: use at least ${limit} characters.`,
    maxLength: `${label} is too long: use at most ${limit} characters.`,
    minimum: `${label} must be at least ${limit}.`,
    maximum: `${label} must be at most ${limit}.`,
    exclusiveMinimum: `${label} must be more than ${limit}.`,
    exclusiveMaximum: `${label} must be less than ${limit}.`,
    minItems: `${label} needs at least ${limit}.`,
    maxItems: `${label} may have at most ${limit}.`,
  };
  return said[keyword];
}

function limitOf(error: ErrorObject): number {
  const params: Record<string, unknown> = error.params;
  return typeof params.limit === 'number' ? params.limit : 0;
}

function choices(schema: PartialParameter): string {
  const options = optionsOf(schema) ?? [];
  return options.map((option) => option.title).join(', ');
}

function example(schema: PartialParameter): string {
  const [first]: readonly (Json | undefined)[] = schema.examples ?? [];
  return first === undefined ? '' : ` For example: ${textOf(first)}.`;
}
