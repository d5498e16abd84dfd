import type { Json, JsonObject } from '../../src/shared/index.js';

const BETWEEN = '\u0000';

/** What somebody said, as `managedFields` keeps it: `{ 'f:spec': { 'f:replicas': {} } }`. Lists are kept as a whole. */
export function fieldsOf(said: Json): JsonObject {
  if (!isObject(said)) return {};
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [`f:${name}`, fieldsOf(value)]));
}

/** The leaves of {@link fieldsOf}, each a path in one text. */
export function ownedPaths(fields: JsonObject, prefix: readonly string[] = []): string[] {
  return Object.entries(fields).flatMap(([name, inner]) => {
    const path = [...prefix, name.slice(2)];
    return isObject(inner) && Object.keys(inner).length > 0 ? ownedPaths(inner, path) : [path.join(BETWEEN)];
  });
}

/** The same object without these leaves. */
export function without(object: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((left, path) => drop(left, path.split(BETWEEN)), object);
}

/** As a merge patch: null takes away. */
export function merged(into: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const before = isObject(into) ? into : {};
  const kept = Object.entries(before).filter(([name]) => patch[name] !== null);
  const said = Object.entries(patch).filter(([, value]) => value !== null);
  return Object.fromEntries([...kept, ...said.map(([name, value]) => [name, merged(before[name] ?? null, value)])]);
}

function drop(object: JsonObject, [name = '', ...deeper]: readonly string[]): JsonObject {
  const { [name]: found, ...rest } = object;
  if (deeper.length === 0 || !isObject(found)) return rest;
  const left = drop(found, deeper);
  return Object.keys(left).length === 0 ? rest : { ...rest, [name]: left };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
