import type { Json } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import type { FormField, FormFieldKind, FormOption } from './form-field.js';
import type { ParameterSchema } from './parameter-schema.js';

/** Slack refuses a view with a longer one. */
const MAX_PLACEHOLDER = 150;

/** The questions of the item's form, in the order of its schema. */
export function formFields(item: Pick<CatalogItem, 'parameters'>): FormField[] {
  const required = new Set(item.parameters.required);
  return Object.entries(item.parameters.properties).map(([name, schema]) => fieldOf(name, schema, required.has(name)));
}

function fieldOf(name: string, schema: ParameterSchema, required: boolean): FormField {
  const kind = kindOf(schema);
  const options = optionsOf(schema.type === 'array' ? schema.items : schema);
  const placeholder = schema.examples?.[0];
  return {
    name,
    label: labelOf(name, schema),
    kind,
    required,
    ...(schema.description !== undefined && { hint: schema.description }),
    ...(placeholder !== undefined && { placeholder: textOf(placeholder).slice(0, MAX_PLACEHOLDER) }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...(options !== undefined && { options }),
    ...boundsOf(schema),
    ...(kind === 'number' && { integer: schema.type === 'integer' }),
    ...(schema.pattern !== undefined && { pattern: schema.pattern }),
    ...(schema['x-options-from'] !== undefined && { optionsFrom: schema['x-options-from'] }),
  };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function kindOf(schema: ParameterSchema): FormFieldKind {
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'array') return schema.items?.format === 'slack-user' ? 'people' : 'multi-enum';
  if (optionsOf(schema) !== undefined) return 'enum';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.format === 'date') return 'date';
  if (schema.format === 'slack-user') return 'person';
  if (schema.format === 'slack-channel') return 'channel';
  return schema['x-multiline'] === true ? 'multiline' : 'text';
}

/** What the person sees as the field's name; also used in its error sentences. */
export function labelOf(name: string, schema: ParameterSchema): string {
  if (schema.title !== undefined) return schema.title;
  const words = name
    .replaceAll(/([A-Z])/g, ' $1')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Choices = Pick<ParameterSchema, 'enum' | 'oneOf' | 'x-enum-titles'>;

/** The options of an enumeration, or undefined if there is none. */
export function optionsOf(schema: Choices | undefined): FormOption[] | undefined {
  if (schema?.oneOf !== undefined) {
    return schema.oneOf.map((option) => ({
      value: String(option.const),
      title: option.title ?? String(option.const),
      ...(option.description !== undefined && { description: option.description }),
    }));
  }
  const titles = schema?.['x-enum-titles'] ?? {};
  return schema?.enum?.map((value) => ({ value: String(value), title: titles[String(value)] ?? String(value) }));
}

function boundsOf(schema: ParameterSchema): { min?: number; max?: number } {
  const whole = schema.type === 'integer' ? 1 : 0;
  const min =
    schema.type === 'array'
      ? schema.minItems
      : (schema.minimum ??
        (schema.exclusiveMinimum === undefined ? schema.minLength : schema.exclusiveMinimum + whole));
  const max =
    schema.type === 'array'
      ? schema.maxItems
      : (schema.maximum ??
        (schema.exclusiveMaximum === undefined ? schema.maxLength : schema.exclusiveMaximum - whole));
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}
