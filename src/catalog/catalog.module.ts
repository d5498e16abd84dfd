import { type DynamicModule, Module } from '@nestjs/common';
import { Catalog } from './catalog.js';
import { CATALOG_OPTIONS, type CatalogOptions } from './catalog.options.js';
import { Expressions } from './expressions.js';
import { CatalogLoader } from './loading/catalog-loader.js';
import { DatabaseVersionStore, VersionStore } from './versions/version-store.js';

/** Needs `Transactions` and the port `ActionCatalog` from global modules. Whoever gets a `Catalog` gets it loaded. */
@Module({})
export class CatalogModule {
  static forRoot(options: CatalogOptions): DynamicModule {
    return {
      module: CatalogModule,
      global: true,
      providers: [
        { provide: CATALOG_OPTIONS, useValue: options },
        { provide: VersionStore, useClass: DatabaseVersionStore },
        Expressions,
        CatalogLoader,
        {
          provide: Catalog,
          inject: [CATALOG_OPTIONS, CatalogLoader, VersionStore],
          useFactory: loadedCatalog,
        },
      ],
      exports: [Catalog, Expressions, VersionStore],
    };
  }
}

async function loadedCatalog(options: CatalogOptions, loader: CatalogLoader, versions: VersionStore): Promise<Catalog> {
  const catalog = new Catalog(options, loader, versions);
  await catalog.reload();
  return catalog;
}
