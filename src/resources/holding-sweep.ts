import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Logger } from '../platform/logging/index.js';
import { LeakSweep } from '../quotas/index.js';
import { ResourceStore } from './resource.store.js';

const TICK_MILLISECONDS = 300_000;

/** Returns quota that is held by resources which are over. It may be missed, repeated or run on every replica at once. */
@Injectable()
export class HoldingSweep {
  constructor(
    private readonly leaks: LeakSweep,
    private readonly store: ResourceStore,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      const returned = await this.leaks.returnLeaks('resource', (ids) => this.store.over(ids));
      const mended = await this.leaks.mendCounters();
      if (returned + mended > 0) this.logger.warn('Quota that had leaked was returned', { returned, mended });
    } catch (error) {
      this.logger.error('The sweep over the quota of resources failed; the next tick tries again', error);
    }
  }
}
