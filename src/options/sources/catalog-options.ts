import { Injectable } from '@nestjs/common';
import { Catalog, type ItemOptions, isOffered } from '../../catalog/index.js';
import type { Asked, OptionLoader } from './option-loader.js';

const TTL_SECONDS = 10;

/** What may be requested now. */
@Injectable()
export class CatalogOptions implements OptionLoader<ItemOptions> {
  constructor(private readonly catalog: Catalog) {}

  ask({ tag }: ItemOptions): Asked {
    return {
      key: { from: 'catalog', tag: tag ?? null },
      ttlSeconds: TTL_SECONDS,
      load: () =>
        Promise.resolve(
          this.catalog
            .list()
            .filter(isOffered)
            .filter(({ tags }) => tag === undefined || tags.includes(tag))
            .map(({ name, title, summary }) => ({ value: name, title, description: summary })),
        ),
    };
  }
}
