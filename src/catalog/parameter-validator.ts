import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Json } from '../shared/index.js';
import { LinearPattern } from './linear-pattern.js';
import type { ParametersSchema } from './parameter-schema.js';

// The package is CommonJS with a default export: under nodenext its types describe the module object.
const addFormats = addFormatsModule as unknown as (ajv: Ajv2020, options: { formats: string[]; mode: string }) => void;
const MAX_COMPILED = 500;

const linear = Object.assign((pattern: string) => new LinearPattern(pattern), { code: 'LinearPattern' });
const compiled = new Map<string, ValidateFunction>();

function engine(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    strict: true,
    allowUnionTypes: false,
    strictRequired: true,
    ownProperties: true,
    code: { regExp: linear },
    logger: false,
  });
  addFormats(ajv, { formats: ['date', 'email', 'uri'], mode: 'full' });
  ajv.addFormat('slack-user', /^[UW][A-Z0-9]{2,20}$/);
  ajv.addFormat('slack-channel', /^[CG][A-Z0-9]{2,20}$/);
  for (const hint of ['x-enum-titles', 'x-pattern-hint', 'x-multiline', 'x-options-from']) ajv.addKeyword(hint);
  return ajv;
}

/** Compiles a schema, once for the same text. @throws Error with Ajv's words when it is no valid JSON Schema. */
export function compileValidator(schema: ParametersSchema): ValidateFunction {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const validate = engine().compile(schema);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(key, validate);
  return validate;
}

/** Runs the validator on a copy it may fill with defaults. */
export function runValidator(schema: ParametersSchema, value: Record<string, Json>): readonly ErrorObject[] {
  const validate = compileValidator(schema);
  return validate(value) ? [] : (validate.errors ?? []);
}
