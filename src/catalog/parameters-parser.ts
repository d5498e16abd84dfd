import { z } from 'zod';
import type { Json } from '../shared/index.js';
import { optionSourceParser } from './option-source.js';
import { PARAMETER_FORMATS, type ParametersSchema } from './parameter-schema.js';

/** Words CEL keeps for itself, and names that mean something to JavaScript objects. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while constructor prototype'.split(
    ' ',
  ),
);
/** JSON Schema that no form can ask for: let through here, so that it is refused with a remedy of its own. */
export const NOT_FOR_FORMS = [
  'anyOf',
  'not',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'contains',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'unevaluatedItems',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
] as const;

/** Beyond a hundred they are looked up while somebody types; files hold no more than this. */
const MOST_CHOICES = 10_000;
const json: z.ZodType<Json> = z.json();
const name = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_]{0,40}$/,
    'a parameter’s name starts with a lower-case letter and has only letters, digits and _',
  )
  .refine((word) => !RESERVED.has(word), 'this name is reserved; choose another');
const definition = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,40}$/, 'a definition’s name has letters, digits, _ and -');
const count = z.int().min(0);
const option = z.strictObject({
  const: z.union([z.string().max(150), z.number(), z.boolean()]),
  title: z.string().min(1).max(75).exactOptional(),
  description: z.string().max(75).exactOptional(),
});
/** Let through here, so that the check can say why; an editor is told that they are not allowed. */
const refused = Object.fromEntries(NOT_FOR_FORMS.map((keyword) => [keyword, z.unknown().meta({ not: {} }).optional()]));

const scalars = {
  $ref: z.string().exactOptional(),
  $comment: z.string().exactOptional(),
  title: z.string().min(1).max(150).exactOptional(),
  description: z.string().max(1000).exactOptional(),
  default: json.exactOptional(),
  'x-default': z.string().min(1).max(1000).exactOptional(),
  examples: z.array(json).exactOptional(),
  const: json.exactOptional(),
  enum: z
    .array(z.union([z.string().max(150), z.number()]))
    .min(1)
    .max(MOST_CHOICES)
    .exactOptional(),
  oneOf: z.array(option).min(1).max(MOST_CHOICES).exactOptional(),
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
  format: z.enum(PARAMETER_FORMATS).exactOptional(),
  minItems: count.exactOptional(),
  maxItems: count.max(100).exactOptional(),
  uniqueItems: z.boolean().exactOptional(),
  writeOnly: z
    .literal(true)
    .describe('A secret: given on a one-time page, never in Slack; the parameter holds a reference')
    .exactOptional(),
  'x-multiline': z.boolean().exactOptional(),
  'x-page': z.string().min(1).max(100).exactOptional(),
  'x-options': optionSourceParser.exactOptional(),
};

/** Only asserts; what it may speak of is checked by Ajv. */
const condition: z.ZodType = z.lazy(() =>
  z.strictObject({
    properties: z.record(name, z.union([z.boolean(), condition])).exactOptional(),
    required: z.array(z.string()).exactOptional(),
    not: condition.exactOptional(),
    allOf: z.array(condition).min(1).exactOptional(),
    anyOf: z.array(condition).min(1).exactOptional(),
    oneOf: z.array(condition).min(1).exactOptional(),
    contains: condition.exactOptional(),
    type: z.enum(['string', 'integer', 'number', 'boolean', 'array', 'object']).exactOptional(),
    enum: z.array(json).min(1).exactOptional(),
    ...pick('const', 'pattern', 'format', 'minLength', 'maxLength', 'minItems', 'maxItems', 'multipleOf'),
    ...pick('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'),
  }),
);

const branch: z.ZodType = z.lazy(() =>
  z.strictObject({
    $ref: z.string().exactOptional(),
    $comment: z.string().exactOptional(),
    type: z.literal('object').exactOptional(),
    properties: z.record(name, z.union([z.literal(false), parameter])).exactOptional(),
    required: z.array(z.string()).exactOptional(),
    ...conditionals,
    ...refused,
  }),
);

const conditionals = {
  if: condition.exactOptional(),
  then: branch.exactOptional(),
  else: branch.exactOptional(),
  allOf: z.array(branch).min(1).exactOptional(),
  dependentRequired: z.record(name, z.array(z.string())).exactOptional(),
  dependentSchemas: z.record(name, branch).exactOptional(),
};

/** Its type may stand in what it refers to, or in what a branch refines. */
const parameter: z.ZodType = z.lazy(() =>
  z.strictObject({
    ...scalars,
    ...conditionals,
    ...refused,
    type: z.enum(['string', 'integer', 'number', 'boolean', 'array', 'object']).exactOptional(),
    items: parameter.exactOptional(),
    properties: z.record(name, parameter).exactOptional(),
    required: z.array(z.string()).exactOptional(),
    additionalProperties: z.literal(false).exactOptional(),
    unevaluatedProperties: z.literal(false).exactOptional(),
  }),
);

/** The shape of `parameters`; what it means is checked by {@link parametersProblems}. */
export const parametersParser = z.strictObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema').exactOptional(),
  $comment: z.string().exactOptional(),
  $defs: z.record(definition, parameter).exactOptional(),
  type: z.literal('object').default('object'),
  required: z.array(z.string()).default([]),
  properties: z.record(name, parameter).default({}),
  additionalProperties: z.literal(false).default(false),
  unevaluatedProperties: z.literal(false).exactOptional(),
  ...conditionals,
  ...refused,
}) as unknown as z.ZodType<ParametersSchema>;

function pick<K extends keyof typeof scalars>(...keywords: K[]): Pick<typeof scalars, K> {
  return Object.fromEntries(keywords.map((keyword) => [keyword, scalars[keyword]])) as Pick<typeof scalars, K>;
}
