import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Catalog } from '../catalog/index.js';
import { Metrics } from '../observability/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Clock } from '../shared/index.js';
import type { Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';
import { Resources, SYSTEM } from './resources.js';

const TICK_MILLISECONDS = 15_000;
const BATCH = 50;
const DEFAULT_WARN_HOURS = 24;

/** Warns before a lease ends and destroys at its end. Each tick may be missed, repeated or run on every replica at once. */
@Injectable()
export class LeaseSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ResourceStore,
    private readonly resources: Resources,
    private readonly catalog: Catalog,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      await this.warn();
      await this.reap();
      await this.count();
    } catch (error) {
      this.logger.error('The sweep over leases failed; the next tick tries again', error);
    }
  }

  /** Begins to destroy what is past its lease. Answers how many. */
  async reap(): Promise<number> {
    return this.transactions.run(async (tx) => {
      let begun = 0;
      for (const resource of await this.store.lockEnded(tx, BATCH)) {
        if ((await this.resources.beginDestroy(tx, resource, SYSTEM, 'its lease ended')) !== null) begun += 1;
      }
      return begun;
    });
  }

  /** One warning a lease; an extension makes room for a new one. */
  async warn(): Promise<void> {
    await this.transactions.run(async (tx) => {
      for (const resource of await this.store.lockUnwarned(tx, BATCH)) {
        if (!(await this.isDue(resource))) continue;
        await this.store.markWarned(tx, resource.id);
        await this.notices.post(tx, {
          key: `lease-ending:${resource.id}:${resource.leaseEndsAt?.getTime() ?? 0}`,
          to: { kind: 'person', personId: resource.ownerId },
          template: 'lease-ending',
          data: { resourceId: resource.id, title: resource.title, endsAt: resource.leaseEndsAt?.toISOString() ?? '' },
        });
      }
    });
  }

  private async isDue(resource: Resource): Promise<boolean> {
    const item = await this.catalog.findVersion(resource.itemName, resource.itemDigest);
    // A lease shorter than the usual warning time is warned of in its last quarter.
    const hours = Math.min(item?.lease.warnHoursBefore ?? DEFAULT_WARN_HOURS, resource.leaseHours / 4);
    return (resource.leaseEndsAt?.getTime() ?? 0) - this.clock.now().getTime() <= hours * 3_600_000;
  }

  private async count(): Promise<void> {
    const rows = await this.transactions.query<{ item_name: string; environment: string; n: string }>(
      `select item_name, environment, count(*) as n from resources where state = 'active' group by 1, 2`,
    );
    this.metrics.resources.reset();
    for (const row of rows)
      this.metrics.resources.set({ item: row.item_name, environment: row.environment }, Number(row.n));
  }
}
