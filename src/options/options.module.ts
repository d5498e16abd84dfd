import { type DynamicModule, Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { GuardedHttp } from '../platform/http-client/index.js';
import { Logger } from '../platform/logging/index.js';
import { Clock, codeOf, messageOf } from '../shared/index.js';
import { CheckChoices } from './check-choices.js';
import { ChosenResources } from './chosen-resources.js';
import { OptionCache } from './option-cache.js';
import { OptionLoads } from './option-loads.js';
import { OptionSources } from './option-sources.js';
import { ActionOptions } from './sources/action-options.js';
import { CatalogOptions } from './sources/catalog-options.js';
import { HttpOptions } from './sources/http-options.js';
import { ResourceOptions } from './sources/resource-options.js';

export interface OptionsModuleOptions {
  /** Servers that may be asked for options; see `AllowList`. */
  readonly httpAllowedHosts: readonly string[];
}

/** Leaves its connections with the process. */
@Injectable()
class OptionsHttp extends GuardedHttp implements OnModuleDestroy {
  async onModuleDestroy(): Promise<void> {
    await this.close();
  }
}

/** Needs `Catalog`, `Resources` and the port `OptionLookups` from global modules. */
@Module({})
export class OptionsModule {
  static forRoot({ httpAllowedHosts }: OptionsModuleOptions): DynamicModule {
    return {
      module: OptionsModule,
      global: true,
      providers: [
        { provide: GuardedHttp, useFactory: () => new OptionsHttp(httpAllowedHosts) },
        { provide: OptionCache, inject: [Clock, Logger], useFactory: optionCache },
        CatalogOptions,
        ResourceOptions,
        ActionOptions,
        HttpOptions,
        OptionLoads,
        OptionSources,
        CheckChoices,
        ChosenResources,
      ],
      exports: [OptionSources, CheckChoices, ChosenResources],
    };
  }
}

function optionCache(clock: Clock, logger: Logger): OptionCache {
  return new OptionCache(clock, (key, error) => {
    // The key is a digest; the source's name stands before it.
    const [source] = key.split(' ');
    logger.warn('A source of options did not answer', { source, code: codeOf(error), error: messageOf(error) });
  });
}
