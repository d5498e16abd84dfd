import { z } from 'zod';
import type { Json } from '../shared/index.js';
import type { ParametersSchema } from './parameter-schema.js';

/** Words CEL keeps for itself, and names that mean something to JavaScript objects. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while constructor prototype'.split(
    ' ',
  ),
);
const json: z.ZodType<Json> = z.json();
const name = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_]{0,40}$/,
    'a parameter’s name starts with a lower-case letter and has only letters, digits and _',
  )
  .refine((word) => !RESERVED.has(word), 'this name is reserved; choose another');
const count = z.int().min(0);
const option = z.strictObject({
  const: z.union([z.string().max(150), z.number(), z.boolean()]),
  title: z.string().min(1).max(75).exactOptional(),
  description: z.string().max(75).exactOptional(),
});

const constraints = {
  title: z.string().min(1).max(150).exactOptional(),
  description: z.string().max(1000).exactOptional(),
  default: json.exactOptional(),
  examples: z.array(json).exactOptional(),
  enum: z
    .array(z.union([z.string().max(150), z.number()]))
    .min(1)
    .max(100)
    .exactOptional(),
  oneOf: z.array(option).min(1).max(100).exactOptional(),
  'x-enum-titles': z.record(z.string(), z.string().min(1).max(75)).exactOptional(),
  pattern: z.string().max(500).exactOptional(),
  'x-pattern-hint': z.string().max(300).exactOptional(),
  minLength: count.exactOptional(),
  maxLength: count.max(3000).exactOptional(),
  minimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  exclusiveMinimum: z.number().exactOptional(),
  exclusiveMaximum: z.number().exactOptional(),
  multipleOf: z.number().positive().exactOptional(),
  format: z.enum(['date', 'email', 'uri', 'slack-user', 'slack-channel']).exactOptional(),
  minItems: count.exactOptional(),
  maxItems: count.max(100).exactOptional(),
  uniqueItems: z.boolean().exactOptional(),
  'x-multiline': z.boolean().exactOptional(),
  'x-options-from': z.strictObject({ resources: z.string().min(1) }).exactOptional(),
};

const items = z.strictObject({ ...constraints, type: z.enum(['string', 'integer', 'number']) });
const parameter = z.strictObject({
  ...constraints,
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  items: items.exactOptional(),
});

/** The shape of `parameters`; what JSON Schema itself says about it is checked by {@link compileValidator}. */
export const parametersParser: z.ZodType<ParametersSchema> = z.strictObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema').exactOptional(),
  type: z.literal('object').default('object'),
  required: z.array(z.string()).default([]),
  properties: z.record(name, parameter).default({}),
  additionalProperties: z.literal(false).default(false),
});
