import { digestOf, type Json, type JsonObject } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import type { Expressions } from './expressions.js';
import { controlsOf, type FormControls } from './form-controls.js';
import type { TypedForm } from './form-entered.js';
import type { FormField, ParameterError } from './form-field.js';
import { fieldOf, labelOf } from './form-fields.js';
import { layoutOf } from './form-layout.js';
import { type FormContext, MAX_ENTRIES, type Settled, type SettledField, settle } from './form-settle.js';
import { contentOf, shownAs } from './form-shown.js';
import { possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ObjectSchema } from './parameter-schema.js';
import { judged } from './validate-parameters.js';

/** A question at its place in the form. */
export interface PlacedField {
  readonly path: string;
  readonly field: FormField;
  /** What stands in it: typed, or its default. Optional objects and lists: whether they are wanted. */
  readonly content: Json | undefined;
  /** As its input gives it back when nobody touches it. */
  readonly shown: Json;
  /** Others show, hide or follow when it changes. */
  readonly controls: boolean;
  /** Differs when the same field is another input: other options, another default. Undefined if it never does. */
  readonly variant: string | undefined;
}

export interface FormPage {
  /** `:0` for the first of the form itself, `network:0`, `rules/1:0`. */
  readonly id: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly fields: readonly PlacedField[];
  /** For an entry of a list: which, of how many, and how few and many there may be. */
  readonly entry?: {
    readonly list: string;
    readonly label: string;
    readonly index: number;
    readonly count: number;
    readonly least: number;
    readonly most: number;
  };
}

export interface Form {
  /** At least one. */
  readonly pages: readonly FormPage[];
  /** What would be sent. */
  readonly parameters: JsonObject;
  /** What is wrong with it, in the order of the form. */
  readonly errors: readonly ParameterError[];
  /** Defaults follow from the team or the environment. */
  readonly followsRequest: boolean;
}

export interface FormQuestion {
  readonly item: Pick<CatalogItem, 'parameters'>;
  readonly typed: TypedForm;
  readonly context: FormContext;
  readonly expressions: Expressions;
}

/** The form as it is now: a pure function of the schema, what was typed so far, and who types it. */
export function formOf({ item, typed, context, expressions }: FormQuestion): Form {
  const { parameters } = item;
  const settled = settle({ parameters, entered: typed, context, expressions });
  const controls = controlsOf(parameters);
  const result = judged(item, settled);
  const pages = [...new Paging(controls).pages(settled, resolvedSchema(parameters), { path: '', title: undefined })];
  const first: FormPage = { id: ':0', title: undefined, description: undefined, fields: [] };
  return {
    pages: pages.length === 0 ? [first] : pages,
    parameters: settled.values,
    errors: result.ok ? [] : result.errors,
    followsRequest: controls.request,
  };
}

/** The page that has the field, or as much of its path as there is. */
export function pageOfField(form: Form, path: string): FormPage | undefined {
  const parts = path.split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const part = parts.slice(0, length).join('/');
    const page =
      form.pages.find(({ fields }) => fields.some((one) => one.path === part)) ??
      form.pages.find(({ id, entry }) => id === `${part}:0` || entry?.list === part);
    if (page !== undefined) return page;
  }
  return undefined;
}

interface Heading {
  readonly path: string;
  readonly title: string | undefined;
  readonly description?: string | undefined;
  readonly entry?: FormPage['entry'];
}

class Paging {
  constructor(private readonly controls: FormControls) {}

  /** The object's own pages, then those of what is nested in it. */
  *pages(settled: Settled, schema: ObjectSchema, heading: Heading): Generator<FormPage> {
    const { path, title, description, entry } = heading;
    const variable = variableNames(schema);
    for (const [index, layout] of layoutOf(schema).entries()) {
      const fields = settled.fields.filter(({ name }) => layout.names.has(name)).filter(isAskedHere);
      if (fields.length === 0) continue;
      yield {
        id: `${path}:${index}`,
        title: layout.title ?? title,
        description: index === 0 ? description : undefined,
        fields: fields.map((field) => this.placed(field, variable.has(field.name))),
        ...(entry !== undefined && { entry }),
      };
    }
    for (const field of settled.fields) yield* this.inside(field);
  }

  private *inside(field: SettledField): Generator<FormPage> {
    const { name, schema, path, inner, entries = [] } = field;
    const title = labelOf(name, schema);
    const { description } = schema;
    if (inner !== undefined) yield* this.pages(inner, schema, { path, title, description });
    const { items, minItems = 0, maxItems = MAX_ENTRIES } = schema;
    for (const [index, entry] of entries.entries())
      yield* this.pages(entry, items ?? {}, {
        path: `${path}/${index}`,
        title: entries.length === 1 ? title : `${title} ${index + 1} of ${entries.length}`,
        description: items?.description ?? description,
        entry: {
          list: path,
          label: title,
          index,
          count: entries.length,
          least: field.required ? Math.max(minItems, 1) : minItems,
          most: maxItems,
        },
      });
  }

  private placed(field: SettledField, isVariable: boolean): PlacedField {
    const { name, schema, path, required, given, fallback, inner, entries } = field;
    const question = fieldOf(name, schema, required);
    const isNested = question.kind === 'object' || question.kind === 'entries';
    const content = isNested ? (inner ?? entries) !== undefined : contentOf(field);
    const follows = schema['x-default'] !== undefined && given === undefined ? (fallback ?? null) : null;
    const options = question.options?.map(({ value }) => value) ?? null;
    return {
      path,
      field: question,
      content: question.kind === 'fixed' ? schema.const : content,
      shown: isNested ? content === true : shownAs(question, content),
      controls: isNested || this.controls.controls(path),
      variant: isVariable ? digestOf([question.kind, options, follows]).slice(-6) : undefined,
    };
  }
}

/** Nested fields that are always there need no question. */
function isAskedHere({ schema, required }: SettledField): boolean {
  const isNested = schema.type === 'object' || (schema.type === 'array' && schema.items?.type === 'object');
  return !isNested || !required;
}

/** Fields of which the file speaks more than once, or whose default follows from others. */
function variableNames(schema: ObjectSchema): Set<string> {
  return new Set(
    possibleFields(schema)
      .filter(({ layers }) => layers.length > 1 || layers.some((layer) => layer['x-default'] !== undefined))
      .map(({ name }) => name),
  );
}
