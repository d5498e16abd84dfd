import type { Json, JsonObject } from '../shared/index.js';
import type { CatalogItem } from './catalog-item.js';

/** What somebody would get who only fills in what has no default, and that with the item's first example. */
export function usualParameters({ parameters }: Pick<CatalogItem, 'parameters'>): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters.properties).flatMap(([name, schema]): [string, Json][] => {
      const example = schema.default ?? schema.examples?.[0];
      return example === undefined ? [] : [[name, example]];
    }),
  );
}
