import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Catalog } from '../catalog/index.js';
import { Metrics } from '../observability/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { DependencyStore } from './dependency.store.js';
import type { Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';
import { ResourceEnds } from './resource-ends.js';
import { SYSTEM } from './resource-records.js';
import { ResourceMovedOn } from './resources.errors.js';

const TICK_MILLISECONDS = 15_000;
const BATCH = 50;
const DEFAULT_WARN_HOURS = 24;
const NAMED = 5;

/** Warns before a lease ends and destroys at its end. Each tick may be missed, repeated or run on every replica at once. */
@Injectable()
export class LeaseSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ResourceStore,
    private readonly ends: ResourceEnds,
    private readonly dependencies: DependencyStore,
    private readonly catalog: Catalog,
    private readonly notices: Notices,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    for (const part of [() => this.warn(), () => this.reap(), () => this.count()]) {
      await part().catch((error: unknown) => {
        this.logger.error('A part of the sweep over leases failed; the next tick tries again', error);
      });
    }
  }

  /** Begins to destroy what is past its lease, each in its own transaction. Answers how many. */
  async reap(): Promise<number> {
    let begun = 0;
    for (const id of await this.store.ended(BATCH)) if (await this.end(id)) begun += 1;
    return begun;
  }

  /** One warning a lease; an extension makes room for a new one. */
  async warn(): Promise<void> {
    for (const { name, digest } of await this.store.unwarnedItems()) {
      const item = await this.catalog.findVersion(name, digest);
      const warnHoursBefore = item?.lease.warnHoursBefore ?? DEFAULT_WARN_HOURS;
      await this.transactions.run(async (tx) => {
        const due = await this.store.takeDue(tx, { name, digest, warnHoursBefore }, BATCH);
        for (const resource of due) await this.postWarning(tx, resource);
      });
    }
  }

  private async end(id: string): Promise<boolean> {
    try {
      return await this.transactions.run(async (tx) => {
        const resource = await this.store.lockEnded(tx, id);
        if (resource === null) return false;
        const end = { actor: SYSTEM, why: 'its lease ended', agreed: null };
        return (await this.ends.beginAll(tx, resource, end)) !== null;
      });
    } catch (error) {
      // Something is being made on it, or done to what stands on it.
      if (error instanceof ResourceMovedOn) return false;
      // One that can't be ended must not keep the others alive.
      this.logger.error('The end of a lease could not be carried out; the next tick tries again', error);
      return false;
    }
  }

  private async postWarning(tx: Tx, { id, ownerId, title, leaseEndsAt, takesDependents }: Resource): Promise<void> {
    const dependents = await this.dependencies.dependents(id, tx);
    const key = `lease-ending:${id}:${leaseEndsAt?.getTime() ?? 0}`;
    const endsAt = leaseEndsAt?.toISOString() ?? '';
    const also = dependentsWords(dependents, takesDependents);
    const to = { kind: 'person', personId: ownerId } as const;
    await this.notices.post(tx, { key, to, template: 'lease-ending', data: { resourceId: id, title, endsAt, also } });
    if (!takesDependents) return;
    for (const one of dependents.filter((dependent) => dependent.ownerId !== ownerId))
      await this.notices.post(tx, {
        key: `${key}:${one.id}`,
        to: { kind: 'person', personId: one.ownerId },
        template: 'plain',
        data: {
          text: `${one.title} (${one.id}) stands on ${title}, whose lease ends on ${endsAt.slice(0, 16).replace('T', ' ')} UTC. Both are destroyed then, unless <@${ownerId}> or somebody of the team extends it.`,
        },
      });
  }

  private async count(): Promise<void> {
    const counts = await this.store.countLiving();
    this.metrics.resources.reset();
    for (const { item, environment, count } of counts) this.metrics.resources.set({ item, environment }, count);
  }
}

function dependentsWords(dependents: readonly Resource[], areTaken: boolean): string {
  if (dependents.length === 0) return '';
  const named = dependents.map(({ title }) => title).slice(0, NAMED);
  const all = [...named, ...(dependents.length > NAMED ? [`${dependents.length - NAMED} more`] : [])].join(', ');
  return areTaken
    ? `What stands on it is destroyed with it: ${all}.`
    : `It waits, though, as long as something stands on it: ${all}.`;
}
