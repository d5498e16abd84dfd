import { Injectable } from '@nestjs/common';
import type { AuditActor } from '../audit/index.js';
import { Catalog } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Changes } from '../platform/changes/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Policy, type Verb } from '../policy/index.js';
import { Holdings } from '../quotas/index.js';
import type { JsonObject } from '../shared/index.js';
import { DependencyStore } from './dependency.store.js';
import type { Resource } from './resource.js';
import { type NewResource, ResourceStore } from './resource.store.js';
import { ResourceEnds } from './resource-ends.js';
import { ResourceRecords, SYSTEM } from './resource-records.js';
import { ResourceRules } from './resource-rules.js';
import { LeaseAtItsLimit, ResourceForbidden, ResourceMovedOn, UnknownResource } from './resources.errors.js';

const NAMED_IN_ERRORS = 5;
/** Less is not worth telling apart from nothing. */
const LEAST_GAIN_MILLISECONDS = 60_000;

export interface DestroyWish {
  readonly resourceId: string;
  readonly person: Person;
  readonly why: string;
  /** Ids of what stands on it and is to be destroyed with it, as it was shown. */
  readonly agreed?: readonly string[];
}

/** What was made, from intent to teardown. */
@Injectable()
export class Resources {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ResourceStore,
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly holdings: Holdings,
    private readonly changes: Changes,
    private readonly records: ResourceRecords,
    private readonly dependencies: DependencyStore,
    private readonly ends: ResourceEnds,
    private readonly rules: ResourceRules,
  ) {}

  find(id: string, tx?: Tx): Promise<Resource | null> {
    return this.store.find(id, tx);
  }

  /** The living one that is it. */
  findByIdentity(identity: string): Promise<Resource | null> {
    return this.store.findByIdentity(identity);
  }

  /** @throws UnknownResource */
  async get(id: string): Promise<Resource> {
    const resource = await this.store.find(id);
    if (resource === null) throw new UnknownResource('There is no such resource. `resources` lists what you have.');
    return resource;
  }

  /** Living ones that the person owns or whose team they are in, newest first. */
  listFor(person: Person): Promise<Resource[]> {
    return this.store.living({ ownerId: person.id, teamIds: person.teams.map((team) => team.teamId) });
  }

  /** Living ones this person may see, newest first. */
  async listVisible(person: Person): Promise<Resource[]> {
    return (await this.store.allLiving()).filter((resource) => this.may(person, 'view', resource).allowed);
  }

  /** Living ones of a team, newest first, as far as the person may see them. */
  async listForTeam(teamId: string, person: Person): Promise<Resource[]> {
    const resources = await this.store.living({ teamIds: [teamId] });
    return resources.filter((resource) => this.may(person, 'view', resource).allowed);
  }

  /** By id, or by the title, name or an output of a living one this person may see. @throws UnknownResource, with what there is */
  async meant(text: string, person: Person): Promise<Resource> {
    const wanted = text.trim();
    const byId = await this.store.find(wanted.toLowerCase());
    if (byId !== null && this.may(person, 'view', byId).allowed) return byId;
    const named = (await this.store.named(wanted)).filter((resource) => this.may(person, 'view', resource).allowed);
    const [only] = named;
    if (only !== undefined && named.length === 1) return only;
    const choice = (named.length > 0 ? named : await this.listFor(person)).slice(0, NAMED_IN_ERRORS);
    throw new UnknownResource(
      choice.length === 0
        ? 'There is no such resource, and you have none yet. Nothing was changed.'
        : `Which one do you mean? You have: ${choice.map(({ title, id }) => `${title} (${id})`).join(', ')}. Nothing was changed.`,
    );
  }

  may(person: Person, verb: Verb, resource: Resource): { allowed: boolean; reason: string } {
    const { id, teamId, environment, itemName, ownerId } = resource;
    return this.policy.can(person, verb, { kind: 'resource', id, teamId, environment, itemName, ownerId });
  }

  /** @throws ResourceForbidden in the rule's own words */
  assertMay(person: Person, verb: Verb, resource: Resource): void {
    const { allowed, reason } = this.may(person, verb, resource);
    if (!allowed) throw new ResourceForbidden(reason);
  }

  /** The intent, written down before anything is made. @throws ResourceMovedOn when what it stands on is not in use any more */
  async register(tx: Tx, resource: NewResource): Promise<void> {
    await this.store.insert(tx, resource);
    const [gone] = await this.dependencies.link(tx, resource.id, resource.standsOn ?? []);
    if (gone !== undefined)
      throw new ResourceMovedOn(
        `${(await this.store.find(gone, tx))?.title ?? gone}, which it would stand on, is not in use any more. Nothing was requested.`,
      );
    await this.records.mark(tx, [resource.id, ...(resource.standsOn ?? [])]);
  }

  /** Its lease begins now, by the database's clock. Repeating it changes nothing. */
  async activate(
    tx: Tx,
    id: string,
    made: { outputs: JsonObject; secretRef: string | null; runId: string },
  ): Promise<void> {
    const resource = await this.store.activate(tx, id, made);
    if (resource === null) return;
    await this.holdings.started(tx, id, resource.leaseEndsAt);
    await this.records.record(tx, resource, SYSTEM, 'resource.activated', `is ready: ${resource.title}`);
  }

  async markFailed(tx: Tx, id: string): Promise<void> {
    const resource = await this.store.move(tx, id, ['provisioning'], 'failed');
    if (resource === null) return;
    await this.holdings.over(tx, id, 'it was never finished');
    await this.changes.mark(tx, { kind: 'resource', id }, { kind: 'person', id: resource.ownerId });
  }

  /** A longer lease, within what the item allows. @throws ResourceForbidden, ResourceMovedOn, LeaseAtItsLimit */
  async extend({ resourceId, person }: { resourceId: string; person: Person }): Promise<Resource> {
    const before = await this.get(resourceId);
    this.assertMay(person, 'extend', before);
    const lease = (await this.catalog.findVersion(before.itemName, before.itemDigest))?.lease ?? {
      extendHours: before.leaseHours,
      maxHours: before.leaseHours,
    };
    await this.rules.assertFit({ verb: 'extend', resource: before, person, leaseHours: lease.extendHours, reason: '' });
    return this.transactions.run(async (tx) => {
      const now = (await this.store.lock(tx, resourceId)) ?? before;
      const extended = await this.store.extend(tx, resourceId, lease.extendHours, lease.maxHours);
      if (extended === null) throw movedOn(now);
      const gained = (extended.leaseEndsAt?.getTime() ?? 0) - (now.leaseEndsAt?.getTime() ?? 0);
      if (gained < LEAST_GAIN_MILLISECONDS)
        throw new LeaseAtItsLimit(
          `The lease of ${before.title} is as long as it may be: ${lease.maxHours} hours from now. Nothing was changed; extend it again later.`,
        );
      await this.holdings.extended(tx, resourceId, extended.leaseEndsAt);
      const summary = `extended the lease to ${iso(extended.leaseEndsAt)}`;
      await this.records.record(tx, extended, { kind: 'person', id: person.id }, 'resource.lease_extended', summary);
      return extended;
    });
  }

  /** The living ones that stand on it, in the order in which they can be taken away. */
  dependents(id: string): Promise<Resource[]> {
    return this.dependencies.dependents(id);
  }

  /** What it stands on. */
  grounds(id: string): Promise<Resource[]> {
    return this.dependencies.grounds(id);
  }

  /**
   * Starts the teardown, with that of what stands on it if whoever asks agreed to that.
   * @throws ResourceForbidden, ResourceMovedOn, ResourceStoodOn
   */
  async requestDestroy({ resourceId, person, why, agreed = [] }: DestroyWish): Promise<Resource> {
    const before = await this.get(resourceId);
    const dependents = agreed.length === 0 ? [] : await this.dependents(resourceId);
    for (const resource of [before, ...dependents]) {
      this.assertMay(person, 'destroy', resource);
      await this.rules.assertFit({ verb: 'destroy', resource, person, leaseHours: 0, reason: why });
    }
    const actor = { kind: 'person' as const, id: person.id };
    return this.transactions.run(async (tx) => {
      if (await this.store.isBusy(tx, resourceId))
        throw new ResourceMovedOn(
          `Something is being done to ${before.title} at this moment. Destroy it when that is over; its card shows it. Nothing was changed.`,
        );
      const destroying = await (agreed.length === 0
        ? this.ends.begin(tx, before, actor, why)
        : this.ends.beginAll(tx, before, { actor, why, agreed }));
      if (destroying === null) throw movedOn((await this.store.find(resourceId, tx)) ?? before);
      return destroying;
    });
  }

  /** Null when somebody else was first. @throws ResourceStoodOn */
  beginDestroy(tx: Tx, resource: Resource, actor: AuditActor, why: string): Promise<Resource | null> {
    return this.ends.begin(tx, resource, actor, why);
  }

  async setDestroyRun(tx: Tx, id: string, runId: string): Promise<void> {
    await this.store.setDestroyRun(tx, id, runId);
  }

  markDestroyed(id: string): Promise<void> {
    return this.ends.destroyed(id);
  }

  markDestroyFailed(id: string, sentence: string): Promise<void> {
    return this.ends.failed(id, sentence);
  }
}

function movedOn(resource: Resource): ResourceMovedOn {
  const words: Record<Resource['state'], string> = {
    provisioning: 'is still being made',
    active: 'is in use',
    destroying: 'is being destroyed already',
    destroyed: 'was destroyed',
    'destroy-failed': 'could not be destroyed before; press Destroy to try again',
    failed: 'was never finished',
  };
  return new ResourceMovedOn(`${resource.title} ${words[resource.state]}. Nothing was changed.`);
}

function iso(date: Date | null): string {
  return date === null ? 'an unknown time' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
