import { EXAMPLE_SECRET } from '../secrets/index.js';
import type { JsonObject } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import { labelOf } from './form-fields.js';
import { merged, possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ObjectSchema, ParameterSchema, PartialParameter } from './parameter-schema.js';
import { validateParameters } from './validate-parameters.js';

type Item = Pick<CatalogItem, 'parameters'>;

/** A parameter whose value is given on a one-time page. */
export interface SecretParameter {
  readonly path: string;
  readonly label: string;
  readonly hint: string | null;
  readonly isMultiline: boolean;
  /** On the form itself, whatever else is chosen. */
  readonly isAlways: boolean;
}

/** All that an item may ever ask for. */
export function secretParameters(item: Item): SecretParameter[] {
  return [...found(resolvedSchema(item.parameters), '')].map(({ path, name, schema, isAlways }) => ({
    path,
    label: labelOf(name, schema),
    hint: schema.description ?? null,
    isMultiline: schema['x-multiline'] === true,
    isAlways,
  }));
}

export function secretParameter(item: Item, path: string): SecretParameter | undefined {
  return secretParameters(item).find((one) => one.path === path);
}

/** Why a value does not fit what the schema says of it, in a sentence that does not repeat it; null when it fits. */
export function secretProblem(item: Item, path: string, value: string): string | null {
  const place = [...found(resolvedSchema(item.parameters), '')].find((one) => one.path === path);
  if (place === undefined) return 'The form does not ask for this any more. Nothing was kept.';
  if (value.trim() === '') return 'Nothing was typed yet.';
  const { writeOnly: _secret, ...schema } = place.schema;
  const properties = { [place.name]: schema as ParameterSchema };
  const parameters = { type: 'object', required: [place.name], properties, additionalProperties: false } as const;
  const checked = validateParameters({ parameters }, { [place.name]: value });
  return checked.ok ? null : (checked.errors[0]?.message ?? 'This does not fit.');
}

/** What stands for secrets that are always asked for, where nobody gives any: explanations, details. */
export function exampleSecrets(item: Item): JsonObject {
  const names = secretParameters(item).flatMap(({ path, isAlways }) => (isAlways ? [path] : []));
  return Object.fromEntries(names.map((name) => [name, EXAMPLE_SECRET]));
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly schema: PartialParameter;
  readonly isAlways: boolean;
}

function* found(object: ObjectSchema, around: string): Generator<Place> {
  for (const { name, layers, always, hideable } of possibleFields(object)) {
    const schema = merged(layers);
    const path = around === '' ? name : `${around}/${name}`;
    if (schema.writeOnly === true) yield { path, name, schema, isAlways: around === '' && always && !hideable };
    else if (schema.type === 'object') yield* found(schema, path);
  }
}
