import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, isNewer, isOffered } from '../catalog/index.js';
import type { Resource } from '../resources/index.js';
import { differenceOf } from './version-diff.js';

/** Resources know the version they came from; this knows whether there is a newer one, and how both differ. */
@Injectable()
export class Upgrades {
  constructor(private readonly catalog: Catalog) {}

  /** The newest version of the item a resource was made by, if that is another one, and offered. */
  newer({ state, itemName, itemVersion, itemDigest }: Resource): CatalogItem | null {
    const item = this.catalog.findItem(itemName);
    if (state !== 'active' || item === null || item.digest === itemDigest || !isOffered(item)) return null;
    return isNewer(item.version, itemVersion) ? item : null;
  }

  /** Lines of the difference between both versions; null when the old one is not known any more. */
  async differences({ itemDigest }: Pick<Resource, 'itemDigest'>, item: CatalogItem): Promise<string[] | null> {
    const [before, after] = await Promise.all(
      [itemDigest, item.digest].map((digest) => this.catalog.source(item.name, digest)),
    );
    return before == null || after == null ? null : differenceOf(before, after);
  }
}
