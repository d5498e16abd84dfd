import type { Json } from '../shared/index.js';

export interface ConstOption {
  readonly const: string | number | boolean;
  readonly title?: string;
  readonly description?: string;
}

/** The part of JSON Schema 2020-12 that a form can ask for, and our `x-` hints. */
export interface ParameterSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
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
  readonly format?: 'date' | 'email' | 'uri' | 'slack-user' | 'slack-channel';
  readonly items?: Omit<ParameterSchema, 'type' | 'items'> & { readonly type: 'string' | 'integer' | 'number' };
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly 'x-multiline'?: boolean;
  /** A hint to the form: offer the requester's own resources of this kind. */
  readonly 'x-options-from'?: { readonly resources: string };
}

/** The schema of a catalog item's parameters: one flat object, in the order of its form. */
export interface ParametersSchema {
  readonly $schema?: string;
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, ParameterSchema>>;
  readonly additionalProperties: false;
}
