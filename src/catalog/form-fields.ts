import type { Json } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import type { FormField, FormFieldKind, FormOption } from './form-field.js';
import type { OptionSource } from './option-source.js';
import { merged, possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ConstOption, ParameterFormat, ParameterSchema, PartialParameter } from './parameter-schema.js';

/** Slack refuses a view with a longer one. */
const MAX_PLACEHOLDER = 150;
/** More than Slack shows in one menu: longer enumerations are looked up while one types. */
const MOST_LISTED = 100;
const LISTED: OptionSource = { from: 'enum' };

/** The top-level questions of the item's form, all that there may ever be, in the order of its schema. */
export function formFields(item: Pick<CatalogItem, 'parameters'>): FormField[] {
  return possibleFields(resolvedSchema(item.parameters)).map(({ name, layers, required }) =>
    fieldOf(name, merged(layers) as ParameterSchema, required),
  );
}

/** One question, as its schema has it. */
export function fieldOf(name: string, schema: ParameterSchema, required: boolean): FormField {
  const kind = kindOf(schema);
  const options = optionsOf(schema.type === 'array' ? schema.items : schema);
  const placeholder = schema.examples?.[0];
  const source = optionSourceOf(schema);
  return {
    name,
    label: labelOf(name, schema),
    kind,
    required,
    ...(schema.description !== undefined && { hint: schema.description }),
    ...(placeholder !== undefined && { placeholder: placeholderOf(placeholder) }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...(options !== undefined && { options }),
    ...boundsOf(schema),
    ...(kind === 'number' && { integer: schema.type === 'integer' }),
    ...(kind === 'lines' && schema.items !== undefined && { lineKind: kindOf(schema.items) }),
    ...(schema.pattern !== undefined && { pattern: schema.pattern }),
    ...(source !== undefined && { optionsFrom: source }),
  };
}

function placeholderOf(example: Json): string {
  const text = Array.isArray(example) ? example.map(textOf).join(', ') : textOf(example);
  return text.slice(0, MAX_PLACEHOLDER);
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const BY_FORMAT: Partial<Record<ParameterFormat, FormFieldKind>> = {
  date: 'date',
  time: 'time',
  'date-time': 'date-time',
  email: 'email',
  uri: 'url',
  'slack-user': 'person',
  'slack-channel': 'channel',
};

/** How a parameter is asked for. */
export function kindOf(schema: PartialParameter): FormFieldKind {
  if (schema.writeOnly === true) return 'secret';
  if (schema.const !== undefined) return 'fixed';
  if (schema.type === 'object') return 'object';
  if (schema.type === 'array') return listKind(schema.items);
  if (schema.type === 'boolean') return 'boolean';
  if (optionSourceOf(schema) !== undefined) return 'options';
  if (optionsOf(schema) !== undefined) return 'enum';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  const byFormat = schema.format === undefined ? undefined : BY_FORMAT[schema.format];
  return byFormat ?? (schema['x-multiline'] === true ? 'multiline' : 'text');
}

function listKind(items: PartialParameter = {}): FormFieldKind {
  if (items.type === 'object') return 'entries';
  if (optionSourceOf(items) !== undefined) return 'multi-options';
  if (optionsOf(items) !== undefined) return 'multi-enum';
  if (items.format === 'slack-user') return 'people';
  return items.format === 'slack-channel' ? 'channels' : 'lines';
}

/** What the person sees as the field's name; also used in its error sentences. */
export function labelOf(name: string, schema: PartialParameter): string {
  if (schema.title !== undefined) return schema.title;
  const words = name
    .replaceAll(/([A-Z])/g, ' $1')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Choices = Pick<PartialParameter, 'enum' | 'oneOf' | 'x-enum-titles'>;

const listed = new WeakMap<object, { readonly titles: unknown; readonly options: readonly FormOption[] }>();

/** The options of an enumeration, or undefined if there is none. Made once for each: some are long, and each letter that is typed asks for them. */
export function optionsOf(schema: Choices | undefined): readonly FormOption[] | undefined {
  const list = schema?.oneOf ?? schema?.enum;
  if (schema === undefined || list === undefined) return undefined;
  const { 'x-enum-titles': titles } = schema;
  const known = listed.get(list);
  if (known !== undefined && known.titles === titles) return known.options;
  const options = list.map((one) => (typeof one === 'object' ? optionOf(one) : optionFor(one, titles)));
  listed.set(list, { titles, options });
  return options;
}

function optionOf({ const: value, title, description }: ConstOption): FormOption {
  return {
    value: String(value),
    title: title ?? String(value),
    ...(description !== undefined && { description }),
  };
}

function optionFor(value: string | number, titles: Choices['x-enum-titles'] = {}): FormOption {
  return { value: String(value), title: titles[String(value)] ?? String(value) };
}

/** Where a parameter's options are looked up, or undefined if it has none or lists them itself. */
export function optionSourceOf(schema: PartialParameter): OptionSource | undefined {
  const one = schema.type === 'array' ? schema.items : schema;
  if (one?.['x-options'] !== undefined) return one['x-options'];
  return (one?.oneOf ?? one?.enum ?? []).length > MOST_LISTED ? LISTED : undefined;
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
