import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { GIVEN_SECRET_PATTERN } from '../secrets/index.js';
import type { Json } from '../shared/index.js';
import { LinearPattern } from './linear-pattern.js';
import { resolvedSchema } from './parameter-refs.js';
import type { BranchSchema, ConditionSchema, ParametersSchema, PartialParameter } from './parameter-schema.js';

// The package is CommonJS with a default export: under nodenext its types describe the module object.
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020, options: { formats: string[]; mode: string }) => void;
const MAX_COMPILED = 500;
const FORMATS = ['date', 'time', 'date-time', 'email', 'uri', 'ipv4', 'ipv6', 'hostname', 'uuid'];
const HINTS = ['x-enum-titles', 'x-pattern-hint', 'x-multiline', 'x-options', 'x-default', 'x-page'];

const linear = Object.assign((pattern: string) => new LinearPattern(pattern), { code: 'LinearPattern' });
const compiled = new Map<string, ValidateFunction>();
/** The text of a long enumeration is not written out for each letter that is typed. */
const byObject = new WeakMap<ParametersSchema, ValidateFunction>();
const conditions = new WeakMap<ConditionSchema, ValidateFunction>();

/** Types and required names are checked by our own rules, which know the line; branches refine what the object says. */
function engine(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    ownProperties: true,
    multipleOfPrecision: 9,
    code: { regExp: linear },
    logger: false,
  });
  addFormats(ajv, { formats: FORMATS, mode: 'full' });
  ajv.addFormat('slack-user', /^[UW][A-Z0-9]{2,20}$/);
  ajv.addFormat('slack-channel', /^[CG][A-Z0-9]{2,20}$/);
  for (const hint of HINTS) ajv.addKeyword(hint);
  return ajv;
}

/** Compiles parameters, once for the same text. @throws Error with Ajv's words when it is no valid JSON Schema. */
export function compileValidator(parameters: ParametersSchema): ValidateFunction {
  const validate = byObject.get(parameters) ?? compiledOf(parameters);
  byObject.set(parameters, validate);
  return validate;
}

function compiledOf(parameters: ParametersSchema): ValidateFunction {
  const key = JSON.stringify(parameters);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const validate = engine().compile(closed(resolvedSchema(parameters)));
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(key, validate);
  return validate;
}

/** What is wrong with the value, in Ajv's terms. Defaults are not filled in: see `settle`. */
export function runValidator(parameters: ParametersSchema, value: Record<string, Json>): readonly ErrorObject[] {
  const validate = compileValidator(parameters);
  return validate(value) ? [] : (validate.errors ?? []);
}

/** Whether a condition holds for an object as it is now. */
export function holds(condition: ConditionSchema, value: Readonly<Record<string, Json>>): boolean {
  let validate = conditions.get(condition);
  if (validate === undefined) {
    validate = engine().compile(condition);
    conditions.set(condition, validate);
  }
  return validate(value);
}

/** An object takes nothing that neither it nor a branch that holds speaks of; a branch by itself is never closed. */
function closed(schema: PartialParameter | ParametersSchema): object {
  // What it says of its value was checked on the page where it was given; here stands a reference.
  if ('writeOnly' in schema) return { type: 'string', pattern: GIVEN_SECRET_PATTERN };
  const { additionalProperties: _open, items, ...rest } = schema as PartialParameter;
  const inner = { ...branches(rest), ...(items !== undefined && { items: closed(items) }) };
  return schema.type === 'object' ? { ...inner, unevaluatedProperties: false } : inner;
}

function branches(branch: BranchSchema): object {
  const { properties, allOf, dependentSchemas, then: yes, else: no } = branch;
  const each = <T>(named: Readonly<Record<string, T>>, map: (one: T) => unknown): object =>
    Object.fromEntries(Object.entries(named).map(([name, one]) => [name, map(one)]));
  return {
    ...branch,
    ...(properties !== undefined && { properties: each(properties, (one) => one !== false && closed(one)) }),
    ...(allOf !== undefined && { allOf: allOf.map(branches) }),
    ...(dependentSchemas !== undefined && { dependentSchemas: each(dependentSchemas, branches) }),
    ...(yes !== undefined && { then: branches(yes) }),
    ...(no !== undefined && { else: branches(no) }),
  };
}
