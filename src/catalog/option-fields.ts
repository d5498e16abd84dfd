import type { Json, JsonObject } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import type { Expressions } from './expressions.js';
import { EnteredJson } from './form-entered.js';
import type { FormOption } from './form-field.js';
import { labelOf, optionSourceOf, optionsOf } from './form-fields.js';
import { type FormContext, type Settled, type SettledField, settle } from './form-settle.js';
import type { OptionSource } from './option-source.js';
import { merged, possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ObjectSchema, ParametersSchema, PartialParameter } from './parameter-schema.js';

/** A parameter whose options are looked up while somebody types. */
export interface OptionField {
  /** `branch`, `network/zone`, `rules/0/zone`. */
  readonly path: string;
  readonly label: string;
  readonly source: OptionSource;
  /** Of an enumeration. */
  readonly listed: readonly FormOption[];
  /** What it holds now. */
  readonly value: Json | undefined;
}

/** Such parameters as the form stands now, and what all of its fields hold, defaults among them. */
export interface SettledOptions {
  readonly fields: readonly OptionField[];
  readonly values: JsonObject;
  /** What the person knows a top-level field as. */
  readonly labelOf: (name: string) => string;
}

/** What of an item's parameters is looked up, for these values. */
export function settledOptions(
  { parameters }: Pick<CatalogItem, 'parameters'>,
  values: JsonObject,
  defaults?: { readonly context: FormContext; readonly expressions: Expressions },
): SettledOptions {
  const settled = settle({ parameters, entered: new EnteredJson(values), ...defaults });
  return {
    fields: [...optionsIn(settled)],
    values: settled.values,
    labelOf: (name) => labelIn(settled, parameters, name),
  };
}

function* optionsIn(settled: Settled): Generator<OptionField> {
  for (const field of settled.fields) {
    const found = optionFieldOf(field);
    if (found !== undefined) yield found;
    if (field.inner !== undefined) yield* optionsIn(field.inner);
    for (const entry of field.entries ?? []) yield* optionsIn(entry);
  }
}

function optionFieldOf({ schema, path, name, value }: SettledField): OptionField | undefined {
  const source = optionSourceOf(schema);
  return source === undefined
    ? undefined
    : {
        path,
        label: labelOf(name, schema),
        source,
        listed: optionsOf(schema.type === 'array' ? schema.items : schema) ?? [],
        value,
      };
}

function labelIn(settled: Settled, parameters: ParametersSchema, name: string): string {
  const schema =
    settled.fields.find((field) => field.name === name)?.schema ??
    merged(possibleFields(resolvedSchema(parameters)).find((field) => field.name === name)?.layers ?? []);
  return labelOf(name, schema);
}

/** A source as its author wrote it, with the name of the top-level parameter it is of or in. */
export interface WrittenSource {
  readonly source: OptionSource;
  readonly within: string;
}

/** Every source there may ever be in the (resolved) schema, whatever holds. */
export function* writtenSources(schema: ObjectSchema, within?: string): Generator<WrittenSource> {
  for (const { name, layers } of possibleFields(schema)) {
    for (const layer of layers) yield* sourcesIn(layer, within ?? name);
  }
}

function* sourcesIn(schema: PartialParameter, within: string): Generator<WrittenSource> {
  if (schema['x-options'] !== undefined) yield { source: schema['x-options'], within };
  if (schema.items !== undefined) yield* sourcesIn(schema.items, within);
  if (schema.properties !== undefined) yield* writtenSources(schema, within);
}
