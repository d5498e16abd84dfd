import type { Json, JsonObject } from '../../../shared/index.js';
import { ActionFailed } from '../../action.js';

const POISON = new Set(['__proto__', 'constructor', 'prototype']);

/** The same JSON with a value at that place; objects on the way are made where they are missing. */
export function withValueAt(json: Json, path: readonly string[], value: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (POISON.has(name)) throw new ActionFailed('A place in the body has a name that is not allowed.', false);
  if (Array.isArray(json)) {
    const index = /^\d{1,4}$/.test(name) ? Number(name) : json.length;
    if (index >= json.length) throw new ActionFailed('A place in the body is not there.', false);
    return json.map((inner, at) => (at === index ? withValueAt(inner, rest, value) : inner));
  }
  if (!isObject(json) && json !== null)
    throw new ActionFailed('A place in the body is inside of a plain value.', false);
  const inner = json !== null && Object.hasOwn(json, name) ? (json[name] ?? null) : null;
  return { ...json, [name]: withValueAt(inner, rest, value) };
}

export function valueAt(json: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, name) => (inner !== undefined && isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    json,
  );
}

/** Paths at which what is there differs from what is wanted. Fields that nobody asked for may be anything. */
export function differences(wanted: Json, found: Json | undefined, path = ''): string[] {
  if (isObject(wanted)) {
    const there = found !== undefined && isObject(found) ? found : {};
    return Object.entries(wanted).flatMap(([name, inner]) =>
      differences(inner, Object.hasOwn(there, name) ? there[name] : undefined, path === '' ? name : `${path}.${name}`),
    );
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return [path];
    return wanted.flatMap((inner, index) => differences(inner, found[index], `${path}[${index}]`));
  }
  return wanted === found ? [] : [path];
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
