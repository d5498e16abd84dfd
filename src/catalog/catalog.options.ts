/** Injection token of {@link CatalogOptions}. */
export const CATALOG_OPTIONS = Symbol('CatalogOptions');

export interface CatalogOptions {
  /** Folder with `items/`. */
  readonly catalogDir: string;
  readonly runbooksDir: string;
}
