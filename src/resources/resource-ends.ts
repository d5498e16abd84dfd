import { Injectable } from '@nestjs/common';
import type { AuditActor } from '../audit/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { Holdings, moneyWords } from '../quotas/index.js';
import { DependencyStore } from './dependency.store.js';
import type { Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';
import { ResourceRecords, SYSTEM } from './resource-records.js';
import { ResourceMovedOn, ResourceStoodOn } from './resources.errors.js';

const NAMED = 10;

/** How resources end: alone, or with all that stands on them, which goes first. */
@Injectable()
export class ResourceEnds {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ResourceStore,
    private readonly dependencies: DependencyStore,
    private readonly holdings: Holdings,
    private readonly durable: Durable,
    private readonly notices: Notices,
    private readonly records: ResourceRecords,
  ) {}

  /** Compare-and-set out of a living state, with the workflow that does it. Null when somebody else was first. @throws ResourceStoodOn */
  async begin(tx: Tx, resource: Resource, actor: AuditActor, why: string): Promise<Resource | null> {
    const destroying = await this.move(tx, resource, actor, why);
    if (destroying === null) return null;
    const dependents = await this.dependencies.dependents(resource.id, tx);
    if (dependents.length > 0) throw new ResourceStoodOn(stoodOnWords(resource, dependents));
    await this.start(tx, destroying);
    return destroying;
  }

  /**
   * The same for it and all that stands on it: what others stand on waits until these are gone. `agreed` are the ids of what was
   * shown to whoever agreed; null for whatever there is. @throws ResourceMovedOn
   */
  async beginAll(
    tx: Tx,
    resource: Resource,
    { actor, why, agreed }: { actor: AuditActor; why: string; agreed: readonly string[] | null },
  ): Promise<Resource | null> {
    const destroying = await this.move(tx, resource, actor, why);
    if (destroying === null) return null;
    const dependents = await this.dependencies.dependents(resource.id, tx);
    const isAgreed = agreed === null || dependents.every(({ id }) => agreed.includes(id));
    if (!isAgreed)
      throw new ResourceMovedOn(
        `What stands on ${resource.title} has changed meanwhile. Press Destroy again to see it. Nothing was changed.`,
      );
    const moved: Resource[] = [];
    for (const one of dependents)
      moved.push(await this.take(tx, one, actor, `${resource.title}, which it stands on: ${why}`));
    for (const one of [...moved, destroying])
      if ((await this.dependencies.dependents(one.id, tx)).length === 0) await this.start(tx, one);
    return destroying;
  }

  /** It is gone. What waited for it alone comes next. May be repeated. */
  async destroyed(id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const resource = await this.store.move(tx, id, ['destroying'], 'destroyed');
      if (resource === null) return;
      const spent = await this.holdings.over(tx, id, 'it was destroyed');
      await this.notices.post(tx, {
        key: `resource-destroyed:${id}`,
        to: { kind: 'person', personId: resource.ownerId },
        template: 'resource-destroyed',
        data: {
          resourceId: id,
          title: resource.title,
          reason: resource.destroyReason ?? '',
          cost: spent === null ? '' : moneyWords(spent.amount, spent.currency),
        },
      });
      await this.records.record(tx, resource, SYSTEM, 'resource.destroyed', 'is gone, with its credentials');
      const grounds = await this.dependencies.grounds(id);
      await this.records.mark(
        tx,
        grounds.map((ground) => ground.id),
      );
      for (const next of await this.dependencies.released(tx, id)) await this.start(tx, next);
    });
  }

  /** It could not be taken away; what waited for it stays. May be repeated. */
  async failed(id: string, sentence: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const resource = await this.fail(tx, id, sentence);
      if (resource === null) return;
      for (const waiting of await this.dependencies.waiting(tx, id))
        await this.fail(tx, waiting, `${resource.title}, which stands on it, could not be destroyed: ${sentence}`);
    });
  }

  private async take(tx: Tx, one: Resource, actor: AuditActor, why: string): Promise<Resource> {
    if (one.state === 'destroying') return one;
    if (await this.store.isBusy(tx, one.id))
      throw new ResourceMovedOn(
        `Something is being done to ${one.title} at this moment, which stands on it. Try again when that is over. Nothing was changed.`,
      );
    const moved = await this.move(tx, one, actor, why);
    if (moved === null)
      throw new ResourceMovedOn(
        `${one.title} (${one.id}), which stands on it, is still being made: cancel its request first, or wait. Nothing was changed.`,
      );
    return moved;
  }

  private async move(tx: Tx, { id }: Resource, actor: AuditActor, why: string): Promise<Resource | null> {
    const moved = await this.store.move(tx, id, ['active', 'destroy-failed'], 'destroying', { reason: why });
    if (moved === null) return null;
    await this.records.record(tx, moved, actor, 'resource.destroy_started', `is being destroyed: ${why}`);
    return moved;
  }

  /** The same version is the same teardown, however often it is asked for. */
  private async start(tx: Tx, { id, version }: Resource): Promise<void> {
    const workflow = 'destroy-resource' as const;
    await this.durable.enqueue(tx, { workflow, id: `destroy:${id}:${version}`, args: [id], queue: 'runs' });
  }

  private async fail(tx: Tx, id: string, sentence: string): Promise<Resource | null> {
    const resource = await this.store.move(tx, id, ['destroying'], 'destroy-failed', { reason: sentence });
    if (resource === null) return null;
    await this.notices.post(tx, {
      key: `destroy-failed:${id}:${resource.version}`,
      to: { kind: 'person', personId: resource.ownerId },
      template: 'destroy-failed',
      data: { resourceId: id, title: resource.title, reason: sentence },
    });
    const summary = `could not be destroyed: ${sentence}`;
    await this.records.record(tx, resource, SYSTEM, 'resource.destroy_failed', summary);
    return resource;
  }
}

function stoodOnWords({ title }: Resource, dependents: readonly Resource[]): string {
  const named = dependents.slice(0, NAMED).map((one) => `${one.title} (${one.id})`);
  const more = dependents.length > NAMED ? [`${dependents.length - NAMED} more`] : [];
  return `Others stand on ${title}: ${[...named, ...more].join(', ')}. Destroy them first, or all of them together. Nothing was changed.`;
}
