import type { Json, JsonObject } from '../shared/index.js';
import type { Expressions } from './expressions.js';
import { coerced, suits } from './form-coercion.js';
import type { Entered } from './form-entered.js';
import { kindOf } from './form-fields.js';
import { controllersOf, type DeclaredField, fieldsOf } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ConditionSchema, ObjectSchema, ParameterSchema, ParametersSchema } from './parameter-schema.js';
import { holds } from './parameter-validator.js';

/** Who fills the form in, and for whom: what default expressions may use besides other fields. */
export interface FormContext {
  readonly user: { readonly name: string; readonly email: string; readonly timezone: string };
  readonly request: { readonly team: string; readonly environment: string; readonly requesterId: string };
}

/** A field with everything that is known about it now. */
export interface SettledField extends DeclaredField {
  readonly path: string;
  /** As it was typed; undefined when nobody touched it. */
  readonly given: Json | undefined;
  /** What it is while nobody touches it. */
  readonly fallback: Json | undefined;
  /** In its own type; undefined while it is empty. */
  readonly value: Json | undefined;
  /** Objects: their fields, if it is wanted. */
  readonly inner?: Settled;
  /** Lists of objects: the fields of each entry. */
  readonly entries?: readonly Settled[];
}

/** An object as it stands: the fields that show now, and the values that would be sent. */
export interface Settled {
  readonly fields: readonly SettledField[];
  readonly values: JsonObject;
}

export interface Settling {
  readonly parameters: ParametersSchema;
  readonly entered: Entered;
  /** Left out where nobody fills in a form: default expressions then give nothing. */
  readonly context?: FormContext;
  readonly expressions?: Expressions;
}

/** Conditions and default expressions form no circle (that is checked at load), so that it ends long before. */
const MAX_ROUNDS = 60;
/** Of a list of objects: each is a page. */
export const MAX_ENTRIES = 20;

/**
 * Works out which fields there are and what they hold. Fields decide on fields and defaults follow from values, so it goes
 * on until nothing changes any more. Values of fields that do not show never count.
 */
export function settle(settling: Settling): Settled {
  const schema = resolvedSchema(settling.parameters);
  let before: Settled = { fields: [], values: {} };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const now = new Round(settling, before.values).object({ schema, path: '', before, defaults: {} });
    if (signatureOf(now) === signatureOf(before)) return now;
    before = now;
  }
  return before;
}

interface Place {
  readonly schema: ObjectSchema;
  readonly path: string;
  /** The same object in the round before. */
  readonly before: Settled | undefined;
  /** What the object's own default says of its fields. */
  readonly defaults: JsonObject;
}

class Round {
  constructor(
    private readonly settling: Settling,
    private readonly root: JsonObject,
  ) {}

  object({ schema, path, before, defaults }: Place): Settled {
    const known = before ?? { fields: [], values: {} };
    const declared = fieldsOf(schema, {
      holds: (condition) => decided(condition, known),
      has: (name) => Object.hasOwn(known.values, name),
    });
    const fields = declared.map((field) => {
      const inside = path === '' ? field.name : `${path}/${field.name}`;
      const earlier = known.fields.find(({ name }) => name === field.name);
      return this.field(field, inside, earlier, defaults[field.name]);
    });
    const values = fields.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
    return { fields, values: Object.fromEntries(values) };
  }

  private field(
    declared: DeclaredField,
    path: string,
    before: SettledField | undefined,
    inherited: Json | undefined,
  ): SettledField {
    const { schema } = declared;
    const given = this.settling.entered.given(path);
    const fallback = presetOf(schema, inherited ?? this.fromExpression(schema) ?? schema.default);
    const base = { ...declared, path, given, fallback };
    switch (kindOf(schema)) {
      case 'fixed':
        return { ...base, value: given === undefined || given === null ? schema.const : coerced(schema, given) };
      case 'object':
        return isOther(given, isRecord) ? { ...base, value: given } : this.nested(base, before);
      case 'entries':
        return isOther(given, Array.isArray) ? { ...base, value: given } : this.list(base, before);
      default: {
        const value = given === undefined ? undefined : coerced(schema, given);
        // What was emptied on purpose stays empty, unless others count on the default.
        const emptied = given === null && schema.default === undefined;
        return { ...base, value: value ?? (emptied ? undefined : fallback) };
      }
    }
  }

  private nested(base: Omit<SettledField, 'value'>, before: SettledField | undefined): SettledField {
    const { path, schema, required, fallback } = base;
    const wanted = required || (this.settling.entered.wanted(path) ?? fallback !== undefined);
    if (!wanted) return { ...base, value: undefined };
    const inner = this.object({ schema, path, before: before?.inner, defaults: isRecord(fallback) ? fallback : {} });
    return { ...base, inner, value: inner.values };
  }

  private list(base: Omit<SettledField, 'value'>, before: SettledField | undefined): SettledField {
    const { path, schema, required, fallback } = base;
    const defaults = Array.isArray(fallback) ? fallback : [];
    const wanted = required || (this.settling.entered.wanted(path) ?? fallback !== undefined);
    if (!wanted) return { ...base, value: undefined };
    const least = Math.max(schema.minItems ?? 0, 1);
    const count = this.settling.entered.count(path) ?? (fallback === undefined ? least : defaults.length);
    const entries = Array.from({ length: Math.min(count, MAX_ENTRIES + 1) }, (_, index) => {
      const preset = defaults[index];
      return this.object({
        schema: schema.items ?? {},
        path: `${path}/${index}`,
        before: before?.entries?.[index],
        defaults: isRecord(preset) ? preset : {},
      });
    });
    return { ...base, entries, value: entries.map(({ values }) => values) };
  }

  /** A default that can't be worked out yet, or gives something else, is none. */
  private fromExpression(schema: ParameterSchema): Json | undefined {
    const { context, expressions } = this.settling;
    const template = schema['x-default'];
    if (template === undefined || context === undefined || expressions === undefined) return undefined;
    try {
      const value = expressions.evaluate(template, { params: this.root, ...context });
      return value !== '' && suits(schema, value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Times of day may be written as people do. */
function presetOf(schema: ParameterSchema, preset: Json | undefined): Json | undefined {
  return schema.format === 'time' && preset !== undefined ? coerced(schema, preset) : preset;
}

/** Undecided as long as something it looks at has to be answered first: neither branch shows. */
function decided(condition: ConditionSchema, object: Settled): boolean | undefined {
  const open = controllersOf(condition).some((path) => isUnanswered(object, path.split('/')));
  return open ? undefined : holds(condition, object.values);
}

function isUnanswered(object: Settled, [name = '', ...rest]: readonly string[]): boolean {
  const field = object.fields.find((one) => one.name === name);
  if (field === undefined) return false;
  if (field.required && field.value === undefined) return true;
  return rest.length > 0 && field.inner !== undefined && isUnanswered(field.inner, rest);
}

function isOther(given: Json | undefined, expected: (value: Json) => boolean): given is Json {
  return given !== undefined && given !== null && !expected(given);
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function signatureOf(settled: Settled): string {
  const pathsOf = ({ fields }: Settled): unknown[] =>
    fields.map(({ name, required, inner, entries = [], fallback }) => [
      name,
      required,
      fallback ?? null,
      inner === undefined ? null : pathsOf(inner),
      entries.map(pathsOf),
    ]);
  return JSON.stringify([settled.values, pathsOf(settled)]);
}
