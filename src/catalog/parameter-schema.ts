import type { Json } from '../shared/index.js';
import type { OptionSource } from './option-source.js';

export interface ConstOption {
  readonly const: string | number | boolean;
  readonly title?: string;
  readonly description?: string;
}

export type ParameterType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';

export const PARAMETER_FORMATS = [
  'date',
  'time',
  'date-time',
  'email',
  'uri',
  'ipv4',
  'ipv6',
  'hostname',
  'uuid',
  'slack-user',
  'slack-channel',
] as const;
export type ParameterFormat = (typeof PARAMETER_FORMATS)[number];

/** What a condition says about an object: plain assertions of JSON Schema, nested as deep as one likes. */
export interface ConditionSchema {
  readonly properties?: Readonly<Record<string, ConditionSchema | boolean>>;
  readonly required?: readonly string[];
  readonly not?: ConditionSchema;
  readonly allOf?: readonly ConditionSchema[];
  readonly anyOf?: readonly ConditionSchema[];
  readonly oneOf?: readonly ConditionSchema[];
  readonly [keyword: string]: unknown;
}

/** What can be added to an object while a condition holds: fields, bounds of fields, who is required; `false` hides a field. */
export interface BranchSchema {
  readonly properties?: Readonly<Record<string, PartialParameter | false>>;
  readonly required?: readonly string[];
  readonly if?: ConditionSchema;
  readonly then?: BranchSchema;
  readonly else?: BranchSchema;
  readonly allOf?: readonly BranchSchema[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly dependentSchemas?: Readonly<Record<string, BranchSchema>>;
}

type Conditional = Omit<BranchSchema, 'properties' | 'required'>;

/** The part of JSON Schema 2020-12 that a form can ask for, and our `x-` hints. */
export interface ParameterSchema extends Conditional {
  readonly type: ParameterType;
  /** `#/$defs/<name>`; what stands beside it adds to the definition or overrides it. Gone once resolved. */
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  /** An expression, or a text with expressions in it, over `params`, `request` and `user`. */
  readonly 'x-default'?: string;
  readonly examples?: readonly Json[];
  readonly const?: Json;
  readonly enum?: readonly (string | number)[];
  readonly oneOf?: readonly ConstOption[];
  readonly 'x-enum-titles'?: Readonly<Record<string, string>>;
  readonly pattern?: string;
  /** Said to the person when the pattern does not match: "Use lower-case letters, …". */
  readonly 'x-pattern-hint'?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly format?: ParameterFormat;
  /** A secret: given on a one-time page, never in Slack; what the parameter holds is a reference. */
  readonly writeOnly?: true;
  readonly items?: ParameterSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, ParameterSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly 'x-multiline'?: boolean;
  /** Begins a new page of the form, with this title, at this field. */
  readonly 'x-page'?: string;
  /** Where its options come from while somebody types. */
  readonly 'x-options'?: OptionSource;
}

/** A parameter as a branch writes it: without a type when the object itself has said it. */
export type PartialParameter = Partial<ParameterSchema>;

/** The schema of a catalog item's parameters, in the order of its form. */
export interface ParametersSchema extends Conditional {
  readonly $schema?: string;
  readonly $defs?: Readonly<Record<string, PartialParameter>>;
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, ParameterSchema>>;
  readonly additionalProperties: false;
}

/** What has properties: the parameters themselves, a nested object, an entry of a list. */
export type ObjectSchema = Conditional & {
  readonly properties?: Readonly<Record<string, ParameterSchema>>;
  readonly required?: readonly string[];
};
