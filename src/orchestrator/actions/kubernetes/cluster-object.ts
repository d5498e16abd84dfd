import type { Json, JsonObject } from '../../../shared/index.js';

/** Where a thing of a cluster is. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Null: of the whole cluster. */
  readonly namespace: string | null;
  readonly name: string;
}

/** As it is written and as the API server gives it. */
export type ClusterObject = JsonObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string };
};

export function title({ kind, name }: Pick<ObjectRef, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** The value at a path of names, or null. */
export function at(value: Json | undefined, ...path: readonly string[]): Json {
  let inner: Json | undefined = value;
  for (const name of path) {
    if (!isObject(inner)) return null;
    inner = Object.hasOwn(inner, name) ? inner[name] : undefined;
  }
  return inner ?? null;
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: Json | undefined, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function objectsAt(value: Json | undefined, ...path: readonly string[]): JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
