import type { DocumentPath } from '../platform/documents/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import type { ParametersSchema } from './parameter-schema.js';

export interface RefFault {
  readonly path: DocumentPath;
  readonly message: string;
  readonly remedy: string;
}

/** Parameters with every `$ref` replaced by what it refers to. */
export interface ResolvedParameters {
  readonly schema: ParametersSchema;
  readonly faults: readonly RefFault[];
  /** Where in the file a part of the resolved schema was written: what was referred to stands under `$defs`. */
  pathOf(part: object, ...keys: (string | number)[]): DocumentPath;
}

/** Keywords whose value is data, in which `$ref` means nothing. */
const DATA = new Set(['const', 'enum', 'default', 'examples', 'x-enum-titles', 'required', 'dependentRequired']);
/** Keywords whose keys are names that an author chose. */
const NAMED = new Set(['properties', 'dependentSchemas']);
const MAX_PARTS = 5000;
const POINTER = /^#\/\$defs\/([^/]+)$/;

const known = new WeakMap<ParametersSchema, ResolvedParameters>();

/** Follows references, once for the same parameters. Never throws: what can't be followed is a fault, and left out. */
export function resolveRefs(parameters: ParametersSchema): ResolvedParameters {
  const before = known.get(parameters);
  if (before !== undefined) return before;
  const resolved = new Resolution(parameters).run();
  known.set(parameters, resolved);
  return resolved;
}

/** The parameters as they are meant: without `$ref` and `$defs`. */
export function resolvedSchema(parameters: ParametersSchema): ParametersSchema {
  return resolveRefs(parameters).schema;
}

interface Place {
  readonly path: DocumentPath;
  /** What stands there itself, and what it refers to. */
  readonly own: JsonObject;
  readonly target: JsonObject;
}

class Resolution {
  private readonly places = new WeakMap<object, Place>();
  private readonly faults: RefFault[] = [];
  private parts = 0;

  constructor(private readonly parameters: ParametersSchema) {}

  run(): ResolvedParameters {
    const { $defs: _unused, ...root } = this.parameters;
    const schema = this.object(root as unknown as JsonObject, ['parameters'], []) as unknown as ParametersSchema;
    return { schema, faults: this.faults, pathOf: (part, ...keys) => this.pathOf(part, keys) };
  }

  private pathOf(part: object, keys: readonly (string | number)[]): DocumentPath {
    const place = this.places.get(part);
    if (place === undefined) return ['parameters', ...keys];
    const [key] = keys;
    const isOwn = key === undefined || Object.hasOwn(place.own, key) || !Object.hasOwn(place.target, key);
    return isOwn ? [...place.path, ...keys] : this.pathOf(place.target, keys);
  }

  private any(value: Json, path: DocumentPath, within: readonly string[]): Json {
    if (Array.isArray(value)) return value.map((inner, index) => this.any(inner, [...path, index], within));
    return typeof value === 'object' && value !== null ? this.object(value, path, within) : value;
  }

  private keyword(key: string, value: Json, path: DocumentPath, within: readonly string[]): Json {
    if (DATA.has(key) || (key === 'oneOf' && isListOfChoices(value))) return value;
    if (!NAMED.has(key) || typeof value !== 'object' || value === null || Array.isArray(value))
      return this.any(value, path, within);
    const named = Object.entries(value).map(([name, inner]) => [name, this.any(inner, [...path, name], within)]);
    return Object.fromEntries(named) as JsonObject;
  }

  private object(value: JsonObject, path: DocumentPath, within: readonly string[]): JsonObject {
    this.parts += 1;
    if (this.parts > MAX_PARTS) {
      if (this.parts === MAX_PARTS + 1)
        this.fault(path, 'the references expand to far too many fields', 'refer to fewer definitions, or smaller ones');
      return {};
    }
    const { $ref, ...own } = value;
    const target = typeof $ref === 'string' ? this.target($ref, path, within) : {};
    const children = Object.entries(own).map(([key, inner]): [string, Json] => [
      key,
      this.keyword(key, inner, [...path, key], within),
    ]);
    const whole = { ...target, ...Object.fromEntries(children) };
    this.places.set(whole, { path, target, own });
    return whole;
  }

  private target($ref: string, path: DocumentPath, within: readonly string[]): JsonObject {
    const at = [...path, '$ref'];
    const name = POINTER.exec($ref)?.[1] ?? '';
    const found = this.parameters.$defs?.[name];
    if (name === '' || found === undefined || !Object.hasOwn(this.parameters.$defs ?? {}, name)) {
      const names = Object.keys(this.parameters.$defs ?? {}).map((one) => `#/$defs/${one}`);
      const remedy = names.length === 0 ? 'write what is meant under parameters.$defs' : `write ${names.join(' or ')}`;
      this.fault(at, `“${$ref}” leads nowhere: only definitions of this file can be referred to`, remedy);
      return {};
    }
    if (within.includes(name)) {
      this.fault(
        at,
        `“${name}” refers to itself (${[...within, name].join(' → ')}), so the form would never end`,
        'write it out as deep as it is needed',
      );
      return {};
    }
    return this.object(found as unknown as JsonObject, ['parameters', '$defs', name], [...within, name]);
  }

  private fault(path: DocumentPath, message: string, remedy: string): void {
    this.faults.push({ path, message, remedy });
  }
}

/** An enumeration may be long, and refers to nothing. */
function isListOfChoices(value: Json): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === 'object' && one !== null && 'const' in one && !('$ref' in one))
  );
}
