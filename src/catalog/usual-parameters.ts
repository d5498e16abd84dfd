import type { Json, JsonObject } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';
import { exampleSecrets } from './secret-parameters.js';

/** What somebody would get who only fills in what has no default, and that with the item's first example. */
export function usualParameters(item: Pick<CatalogItem, 'parameters'>): JsonObject {
  const named = Object.entries(item.parameters.properties).flatMap(([name, schema]): [string, Json][] => {
    const example = schema.default ?? schema.examples?.[0];
    return example === undefined ? [] : [[name, example]];
  });
  return { ...Object.fromEntries(named), ...exampleSecrets(item) };
}
