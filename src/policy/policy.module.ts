import { type DynamicModule, Module } from '@nestjs/common';
import { Catalog, VersionStore } from '../catalog/index.js';
import { Rosters } from '../identity/index.js';
import { AccessBook } from './access-book.js';
import { Policy } from './policy.js';

export interface PolicyOptions {
  /** Folder with `access.yaml`. */
  readonly catalogDir: string;
}

/** Needs the global catalog and identity modules; binds identity's port `Rosters`. Whoever gets a `Policy` gets it loaded. */
@Module({})
export class PolicyModule {
  static forRoot(options: PolicyOptions): DynamicModule {
    return {
      module: PolicyModule,
      global: true,
      providers: [
        {
          provide: AccessBook,
          inject: [Catalog, VersionStore],
          useFactory: async (catalog: Catalog, versions: VersionStore) => {
            const book = new AccessBook(options.catalogDir, catalog, versions);
            await book.reload();
            return book;
          },
        },
        { provide: Rosters, useExisting: AccessBook },
        Policy,
      ],
      exports: [Policy, Rosters],
    };
  }
}
