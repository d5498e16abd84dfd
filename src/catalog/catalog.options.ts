import type { Need } from './needs.js';

/** Injection token of {@link CatalogOptions}. */
export const CATALOG_OPTIONS = Symbol('CatalogOptions');

export interface CatalogOptions {
  /** Folder with `items/`. */
  readonly catalogDir: string;
  readonly runbooksDir: string;
  /** Whether this place has what an item needs; everything if left out. */
  readonly isMet?: (need: Need) => boolean;
}
