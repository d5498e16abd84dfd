import { messageOf } from '../shared/index.js';
import type { Fault, Surroundings } from './check-parameters.js';
import { secretFaults } from './check-secret.js';
import { kindOf, optionsOf } from './form-fields.js';
import { MAX_ENTRIES } from './form-settle.js';
import { LinearPattern } from './linear-pattern.js';
import type { ParameterType, PartialParameter } from './parameter-schema.js';
import { NOT_FOR_FORMS } from './parameters-parser.js';

const MAX_DEPTH = 4;
const TEXT: readonly ParameterType[] = ['string'];
const NUMBERS: readonly ParameterType[] = ['integer', 'number'];
const LISTS: readonly ParameterType[] = ['array'];
const OBJECTS: readonly ParameterType[] = ['object'];
const CHOICES: readonly ParameterType[] = ['string', 'integer', 'number'];

/** Which types a keyword means something for. */
const MEANT_FOR: Partial<Record<keyof PartialParameter, readonly ParameterType[]>> = {
  pattern: TEXT,
  'x-pattern-hint': TEXT,
  format: TEXT,
  minLength: TEXT,
  maxLength: TEXT,
  'x-multiline': TEXT,
  writeOnly: TEXT,
  'x-options': CHOICES,
  minimum: NUMBERS,
  maximum: NUMBERS,
  exclusiveMinimum: NUMBERS,
  exclusiveMaximum: NUMBERS,
  multipleOf: NUMBERS,
  enum: CHOICES,
  oneOf: CHOICES,
  'x-enum-titles': CHOICES,
  items: LISTS,
  minItems: LISTS,
  maxItems: LISTS,
  uniqueItems: LISTS,
  properties: OBJECTS,
  required: OBJECTS,
  additionalProperties: OBJECTS,
  if: OBJECTS,
  then: OBJECTS,
  else: OBJECTS,
  allOf: OBJECTS,
  dependentRequired: OBJECTS,
  dependentSchemas: OBJECTS,
};

/** What to write instead of the JSON Schema that no form can ask for. */
export function refusedKeywords(schema: object): { keyword: string; remedy: string }[] {
  const remedies: Partial<Record<string, string>> = {
    anyOf: 'write the fields out and show them by if/then/else',
    not: 'write what is allowed instead, or use not inside of an if',
    patternProperties: 'write the properties out, or a list of objects with a name and a value',
    propertyNames: 'write the properties out',
    prefixItems: 'write an object with a property for each place',
    contains: 'use contains only inside of an if; for lists there are minItems, maxItems and uniqueItems',
    minProperties: 'say with required which properties there have to be',
    maxProperties: 'say with if/then/else which properties may be there',
  };
  return NOT_FOR_FORMS.filter((keyword) => Object.hasOwn(schema, keyword)).map((keyword) => ({
    keyword,
    remedy: remedies[keyword] ?? 'remove it; docs/catalog-authors.md lists what a form can ask for',
  }));
}

/** Everything about one parameter but its default and examples. `base` is what the object says of it, for a branch. */
export function parameterFaults(
  schema: PartialParameter,
  base: PartialParameter | undefined,
  around: Surroundings,
): Fault[] {
  const fault = (key: string | null, message: string, remedy: string): Fault => ({
    at: around.resolved.pathOf(schema, ...(key === null ? [] : [key])),
    message,
    remedy,
  });
  const type = schema.type ?? base?.type;
  if (type === undefined)
    return [fault(null, 'this parameter has no type', 'write type: string, integer, number, boolean, array or object')];
  if (base?.type !== undefined && schema.type !== undefined && schema.type !== base.type)
    return [
      fault(
        'type',
        `the object itself says that this is of the type ${base.type}`,
        `write “${base.type}”, or leave it out`,
      ),
    ];
  const refused = refusedKeywords(schema).map(({ keyword, remedy }) =>
    fault(keyword, `no form can ask for “${keyword}”`, remedy),
  );
  return [
    ...refused,
    ...misplaced(schema, type, fault),
    ...patternFaults(schema, fault),
    ...optionFaults(schema, type, fault),
    ...secretFaults(schema, base, around, fault),
    ...shapeFaults(schema, type, base, around, fault),
  ];
}

export type Say = (key: string | null, message: string, remedy: string) => Fault;

function misplaced(schema: PartialParameter, type: ParameterType, fault: Say): Fault[] {
  const keywords = Object.keys(MEANT_FOR) as (keyof PartialParameter)[];
  return keywords.flatMap((keyword) => {
    const types = MEANT_FOR[keyword] ?? [];
    if (schema[keyword] === undefined || types.includes(type)) return [];
    return [
      fault(
        keyword,
        `“${keyword}” means nothing for the type ${type}`,
        `remove it, or write type: ${types.join(' or ')}`,
      ),
    ];
  });
}

function patternFaults({ pattern }: PartialParameter, fault: Say): Fault[] {
  try {
    if (pattern !== undefined) new LinearPattern(pattern);
    return [];
  } catch (error) {
    return [
      fault(
        'pattern',
        `the pattern cannot be used: ${messageOf(error)}`,
        'write it in RE2 syntax, without look-around and back-references',
      ),
    ];
  }
}

function optionFaults(schema: PartialParameter, type: ParameterType, fault: Say): Fault[] {
  const wanted = type === 'integer' ? 'number' : type;
  const values = schema.enum ?? schema.oneOf?.map((option) => option.const) ?? [];
  const key = schema.enum === undefined ? 'oneOf' : 'enum';
  const wrong = values.findIndex((value) => typeof value !== wanted);
  if (wrong !== -1) {
    const remedy = 'write it in quotes if it is text, without if it is a number';
    const { at, ...said } = fault(key, `this option is not of the type ${type}`, remedy);
    return [{ ...said, at: [...at, wrong] }];
  }
  if (new Set(values).size < values.length) return [fault(key, 'an option is there twice', 'write each option once')];
  return [];
}

function shapeFaults(
  schema: PartialParameter,
  type: ParameterType,
  base: PartialParameter | undefined,
  around: Surroundings,
  fault: Say,
): Fault[] {
  if (schema['x-default'] !== undefined && schema.default !== undefined)
    return [fault('x-default', 'this field has two defaults', 'remove default or x-default')];
  if (schema['x-page'] !== undefined && around.depth > 0)
    return [fault('x-page', 'a nested object is a page already', 'remove x-page, or give the object a title')];
  if (base !== undefined && (type === 'object' || schema.items !== undefined))
    return [
      fault(
        null,
        'a branch cannot refine a nested object or the items of a list',
        'write the condition into the object itself',
      ),
    ];
  if (type === 'object') return nestedFaults(schema, around, fault);
  return type === 'array' ? listFaults(schema, base, around, fault) : [];
}

function nestedFaults(schema: PartialParameter, around: Surroundings, fault: Say): Fault[] {
  if (Object.keys(schema.properties ?? {}).length === 0)
    return [fault(null, 'an object without properties has nothing to ask for', 'write its properties')];
  if (schema['x-default'] !== undefined)
    return [fault('x-default', 'an object cannot have a default by expression', 'give its fields one each')];
  if (around.depth + 1 > MAX_DEPTH)
    return [fault(null, `objects are nested deeper than ${MAX_DEPTH} levels`, 'write it flatter')];
  return [];
}

function listFaults(
  schema: PartialParameter,
  base: PartialParameter | undefined,
  around: Surroundings,
  fault: Say,
): Fault[] {
  const items = schema.items ?? base?.items;
  if (items?.type === undefined)
    return [fault(null, 'this list does not say what is in it', 'write items with a type')];
  const inItems: Say = (key, message, remedy) => {
    const inner = fault(null, message, remedy);
    return { ...inner, at: around.resolved.pathOf(items, ...(key === null ? [] : [key])) };
  };
  if (items.type === 'array' || items.type === 'boolean')
    return [
      inItems(
        'type',
        `a list of the type ${items.type} is nothing a form can ask for`,
        'write a list of texts, numbers or objects',
      ),
    ];
  if (items.type === 'object') return entryFaults(schema, items, around, fault);
  if (items.writeOnly === true)
    return [
      inItems('writeOnly', 'a list of secrets is nothing a form can ask for', 'write a parameter for each of them'),
    ];
  if (items['x-multiline'] === true || items['x-default'] !== undefined || items.default !== undefined)
    return [
      inItems(
        null,
        'an entry of a list is one line without a default',
        'remove x-multiline and defaults from the items',
      ),
    ];
  if (kindOf(schema) === 'lines' && items.const !== undefined)
    return [inItems('const', 'a list of one and the same value is nothing to ask for', 'remove it')];
  return [
    ...refusedKeywords(items).map(({ keyword, remedy }) =>
      inItems(keyword, `no form can ask for “${keyword}”`, remedy),
    ),
    ...misplaced(items, items.type, inItems),
    ...patternFaults(items, inItems),
    ...(optionsOf(items) === undefined ? [] : optionFaults(items, items.type, inItems)),
  ];
}

function entryFaults(schema: PartialParameter, items: PartialParameter, around: Surroundings, fault: Say): Fault[] {
  if (around.inEntry)
    return [
      fault(
        null,
        'a list of objects within a list of objects is more than a form can ask for',
        'write one of them as a list of texts',
      ),
    ];
  if ((schema.maxItems ?? 0) > MAX_ENTRIES)
    return [
      fault(
        'maxItems',
        `each entry is a page of the form, and more than ${MAX_ENTRIES} are too many`,
        `write at most ${MAX_ENTRIES}`,
      ),
    ];
  if (schema['x-default'] !== undefined)
    return [fault('x-default', 'a list of objects cannot have a default by expression', 'remove it')];
  return nestedFaults(items, around, fault);
}
