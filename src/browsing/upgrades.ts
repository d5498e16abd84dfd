import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, isNewer, isOffered, validateParameters } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { type PlannedChange, Planner } from '../requests/index.js';
import { type Resource, Resources } from '../resources/index.js';
import { AppError } from '../shared/index.js';
import { differenceOf } from './version-diff.js';

/** What the newest version of its item would make of a resource, beside what made it. */
export interface UpgradePlan {
  readonly resource: Resource;
  readonly item: CatalogItem;
  /** Lines of the difference between both versions; null when the old one is not known any more. */
  readonly differences: readonly string[] | null;
  /** What its steps would do now with the resource's own parameters. Empty when {@link missing} says something. */
  readonly changes: readonly PlannedChange[];
  /** What the new version asks for and the resource's parameters don't answer. */
  readonly missing: readonly string[];
}

class NothingNewer extends AppError {
  readonly code = 'browsing.nothing_newer';
}

/** Resources know the version they came from; this knows whether there is a newer one, and what it would be like. */
@Injectable()
export class Upgrades {
  constructor(
    private readonly catalog: Catalog,
    private readonly resources: Resources,
    private readonly planner: Planner,
  ) {}

  /** The newest version of the item a resource was made by, if that is another one, and offered. */
  newer({ state, itemName, itemVersion, itemDigest }: Resource): CatalogItem | null {
    const item = this.catalog.findItem(itemName);
    if (state !== 'active' || item === null || item.digest === itemDigest || !isOffered(item)) return null;
    return isNewer(item.version, itemVersion) ? item : null;
  }

  /** Looks only: nothing is changed. @throws UnknownResource, ResourceForbidden, NothingNewer */
  async plan(resourceId: string, person: Person): Promise<UpgradePlan> {
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'view', resource);
    const item = this.newer(resource);
    if (item === null)
      throw new NothingNewer(`${resource.title} was made by the newest version of its item. Nothing was done.`);
    const [before, after] = await Promise.all(
      [resource.itemDigest, item.digest].map((digest) => this.catalog.source(item.name, digest)),
    );
    const differences = before == null || after == null ? null : differenceOf(before, after);
    return { resource, item, differences, ...(await this.outlook(resource, item)) };
  }

  private async outlook(resource: Resource, item: CatalogItem): Promise<Pick<UpgradePlan, 'changes' | 'missing'>> {
    const { id, requestId, teamId: team, environment, ownerId: requesterId, parameters } = resource;
    const valid = validateParameters(item, parameters);
    if (!valid.ok) return { changes: [], missing: valid.errors.map(({ message }) => message) };
    const request = { id: requestId ?? '', team, environment, requesterId, reason: '' };
    const changes = await this.planner.plan(item, { params: valid.value, request, resource: { id } });
    return { changes, missing: [] };
  }
}
