import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Logger } from '../platform/logging/index.js';
import { GitCheckout } from './git-checkout.js';
import { Reload } from './reload.js';
import { UPKEEP_OPTIONS, type UpkeepOptions } from './upkeep.options.js';

/** An editor writes a file in several steps, and a copy brings many. */
const QUIET_MILLISECONDS = 300;
const GIT_MILLISECONDS = 60_000;
/** For folders whose changes nobody tells, as on a network. */
const FALLBACK_MILLISECONDS = 300_000;
const PARTS = ['', 'items', 'policies'];

/** Notices that files changed: by the folders themselves, by the Git repository they come from, and by a look now and then. */
@Injectable()
export class FolderWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(UPKEEP_OPTIONS) private readonly options: UpkeepOptions,
    private readonly reload: Reload,
    private readonly checkout: GitCheckout,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.watch();
    await this.reload.tell();
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    this.unwatch();
    await this.reload.quiet();
  }

  /** Takes over what the Git repository has now. */
  @Interval(GIT_MILLISECONDS)
  async follow(): Promise<void> {
    if (await this.checkout.follow()) await this.look();
  }

  @Interval(FALLBACK_MILLISECONDS)
  async look(): Promise<void> {
    await this.reload.run();
    // Folders may have come, or have been replaced.
    this.watch();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reload.run(), QUIET_MILLISECONDS);
    this.timer.unref();
  }

  private watch(): void {
    this.unwatch();
    const { catalogDir, runbooksDir } = this.options;
    for (const folder of [...PARTS.map((part) => join(catalogDir, part)), runbooksDir]) {
      try {
        const watcher = watch(folder, { persistent: false }, () => {
          this.soon();
        });
        watcher.on('error', (error) => {
          this.logger.warn('A folder can’t be watched any more; it is looked at every few minutes', {
            folder,
            error: error.message,
          });
        });
        this.watchers.push(watcher);
      } catch {
        // It is not there, or this machine tells no changes: the look now and then finds them.
      }
    }
  }

  private unwatch(): void {
    for (const watcher of this.watchers.splice(0)) watcher.close();
  }
}
