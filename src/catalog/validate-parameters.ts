import { z } from 'zod';
import type { Json, JsonObject } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import { EnteredJson } from './form-entered.js';
import type { ParameterError, ParameterResult } from './form-field.js';
import { labelOf } from './form-fields.js';
import { type Settled, settle } from './form-settle.js';
import { merged, possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ObjectSchema } from './parameter-schema.js';
import { sentences } from './parameter-sentences.js';
import { runValidator } from './parameter-validator.js';

const POISONED = new Set(['__proto__', 'constructor', 'prototype']);
const json = z.json() as z.ZodType<Json>;

/**
 * Checks what a person entered, fills in defaults, and turns the text of number and yes/no inputs into their type.
 * Empty optional fields are left out; a field that does not apply is refused. The sentences name fields and rules, never
 * a value: it might be a secret. `field` is the path of the field.
 */
export function validateParameters(item: Pick<CatalogItem, 'parameters'>, raw: unknown): ParameterResult {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { ok: false, errors: [{ field: '', message: 'The form could not be read. Open it again.' }] };
  const { value, errors } = readable(item.parameters, raw);
  if (errors.length > 0) return { ok: false, errors };
  const settled = settle({ parameters: item.parameters, entered: new EnteredJson(value) });
  const strangers = strangersIn(value, settled, resolvedSchema(item.parameters), '');
  return strangers.length > 0 ? { ok: false, errors: strangers } : judged(item, settled);
}

/** As {@link validateParameters}, for what was worked out already: a form with its values so far. */
export function judged(item: Pick<CatalogItem, 'parameters'>, settled: Settled): ParameterResult {
  const problems = sentences(settled, runValidator(item.parameters, settled.values));
  return problems.length === 0 ? { ok: true, value: settled.values } : { ok: false, errors: problems };
}

function readable(schema: ObjectSchema, raw: object): { value: JsonObject; errors: ParameterError[] } {
  const value: Record<string, Json> = {};
  const errors: ParameterError[] = [];
  for (const [name, given] of Object.entries(raw) as [string, unknown][]) {
    const parsed = json.safeParse(given ?? null);
    if (parsed.success && !POISONED.has(name) && !holdsPoison(given)) value[name] = parsed.data;
    else {
      const known = possibleFields(schema).find((field) => field.name === name);
      const message = known === undefined ? UNKNOWN : `${labelOf(name, merged(known.layers))} cannot be read.`;
      errors.push({ field: known === undefined ? '' : name, message });
    }
  }
  return { value, errors };
}

const UNKNOWN = 'The form has a field this catalog item does not know. Open it again.';

function holdsPoison(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPoison);
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).some((key) => POISONED.has(key) || holdsPoison(Reflect.get(value, key)));
}

/** What was given for fields that do not exist, or do not apply to what was chosen. */
function strangersIn(given: Json, settled: Settled, schema: ObjectSchema, path: string): ParameterError[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    const field = settled.fields.find((one) => one.name === name);
    if (field === undefined) return stranger(schema, name, value, path);
    const { inner, entries = [] } = field;
    if (inner !== undefined) return strangersIn(value, inner, field.schema, field.path);
    const given = Array.isArray(value) ? value : [];
    return entries.flatMap((entry, index) =>
      strangersIn(given[index] ?? null, entry, field.schema.items ?? {}, `${field.path}/${index}`),
    );
  });
}

function stranger(schema: ObjectSchema, name: string, value: Json, path: string): ParameterError[] {
  const known = possibleFields(schema).find((field) => field.name === name);
  if (known === undefined) return [{ field: '', message: UNKNOWN }];
  if (value === null || value === '') return [];
  const message = `${labelOf(name, merged(known.layers))} does not apply to what was chosen. Leave it empty.`;
  return [{ field: path === '' ? name : `${path}/${name}`, message }];
}
