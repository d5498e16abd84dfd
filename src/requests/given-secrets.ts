import { isGivenSecret } from '../secrets/index.js';
import type { Json, JsonObject } from '../shared/index.js';

/** References to values that people gave on one-time pages, wherever they stand, by the path of their parameter. */
export function givenSecretsIn(value: Json, path = ''): Map<string, string> {
  if (isGivenSecret(value)) return new Map([[path, value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([name, inner]) => [
      ...givenSecretsIn(inner, path === '' ? name : `${path}/${name}`),
    ]),
  );
}

/** A value belongs to one request: whoever asks again gives it again. */
export function withoutGivenSecrets(parameters: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]): [string, Json][] => {
      if (isGivenSecret(value)) return [];
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[name, isObject ? withoutGivenSecrets(value) : value]];
    }),
  );
}
