import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Catalog, VersionStore } from '../catalog/index.js';
import { Rosters } from '../identity/index.js';
import { AccessBook } from './access-book.js';
import { ActiveIncidents, NoIncidents } from './active-incidents.js';
import { connectOpa } from './opa/connect-opa.js';
import { OpaDecisions } from './opa/opa-decisions.js';
import { Policy } from './policy.js';
import { ContentRules } from './rules/content-rules.js';
import { RuleBook } from './rules/rule-book.js';
import { RuleJudge } from './rules/rule-judge.js';
import { NoWaivers, Waivers } from './waivers.js';

export interface PolicyOptions {
  /** Folder with `access.yaml`, `freezes.yaml` and `policies/`. */
  readonly catalogDir: string;
  /** What binds the ports; left out where there is none. Each may use only what is global below this module. */
  readonly incidents?: Type<ActiveIncidents>;
  readonly waivers?: Type<Waivers>;
  /** OPA servers that rules may ask, as in `HTTP_ALLOWED_HOSTS`; none when left out. */
  readonly httpAllow?: readonly string[];
  readonly opaToken?: string;
}

/**
 * Needs the global catalog and identity modules; binds identity's port `Rosters`. Whoever gets a `Policy` or the
 * `ContentRules` gets them loaded.
 */
@Module({})
export class PolicyModule {
  static forRoot({
    catalogDir,
    incidents = NoIncidents,
    waivers = NoWaivers,
    httpAllow = [],
    opaToken,
  }: PolicyOptions): DynamicModule {
    return {
      module: PolicyModule,
      global: true,
      providers: [
        {
          provide: AccessBook,
          inject: [Catalog, VersionStore],
          useFactory: async (catalog: Catalog, versions: VersionStore) => {
            const book = new AccessBook(catalogDir, catalog, versions);
            await book.reload();
            return book;
          },
        },
        {
          provide: RuleBook,
          inject: [AccessBook, Catalog, VersionStore],
          useFactory: async (access: AccessBook, catalog: Catalog, versions: VersionStore) => {
            const book = new RuleBook(catalogDir, access, catalog, versions);
            await book.reload();
            return book;
          },
        },
        { provide: Rosters, useExisting: AccessBook },
        { provide: ActiveIncidents, useClass: incidents },
        { provide: Waivers, useClass: waivers },
        {
          provide: OpaDecisions,
          useFactory: () => connectOpa({ catalogDir, httpAllow, ...(opaToken !== undefined && { opaToken }) }),
        },
        { provide: RuleJudge, inject: [OpaDecisions], useFactory: (opa: OpaDecisions) => new RuleJudge(opa) },
        ContentRules,
        Policy,
      ],
      exports: [Policy, ContentRules, Rosters, Waivers, ActiveIncidents],
    };
  }
}
