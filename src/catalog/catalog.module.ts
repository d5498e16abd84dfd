import { type DynamicModule, Module } from '@nestjs/common';
import { Catalog } from './catalog.js';
import { CATALOG_OPTIONS, type CatalogOptions } from './catalog.options.js';
import { CatalogLoader } from './catalog-loader.js';
import { Expressions } from './expressions.js';
import { DatabaseVersionStore, VersionStore } from './version-store.js';

/** Needs `Transactions` and the port `ActionCatalog` from global modules. Loads the files when the app initialises. */
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
        Catalog,
      ],
      exports: [Catalog, Expressions, VersionStore],
    };
  }
}
