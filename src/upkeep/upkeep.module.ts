import { type DynamicModule, Module } from '@nestjs/common';
import { guardedGit } from '../orchestrator/index.js';
import { Logger } from '../platform/logging/index.js';
import { FolderWatch } from './folder-watch.js';
import { GitCheckout } from './git-checkout.js';
import { Reload } from './reload.js';
import { ReviewReminder } from './review-reminder.js';
import { TellMistakes } from './tell-mistakes.js';
import { UPKEEP_OPTIONS, type UpkeepOptions } from './upkeep.options.js';

/** Needs the global modules below it. */
@Module({})
export class UpkeepModule {
  static forRoot(options: UpkeepOptions): DynamicModule {
    return {
      module: UpkeepModule,
      providers: [
        { provide: UPKEEP_OPTIONS, useValue: options },
        { provide: GitCheckout, inject: [Logger], useFactory: (logger: Logger) => checkoutOf(options, logger) },
        FolderWatch,
        Reload,
        ReviewReminder,
        TellMistakes,
      ],
    };
  }
}

/** Git as guarded as in steps, and for this one repository. */
export function checkoutOf({ git }: Pick<UpkeepOptions, 'git'>, logger: Logger): GitCheckout {
  const repositories = git === undefined ? [] : [git.url];
  return new GitCheckout(guardedGit({ repositories }, git?.networks ?? []), git ?? null, logger);
}
