import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, UnknownItem, usualParameters } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { type Outcome, Policy } from '../policy/index.js';
import { type CostEstimate, Costs } from '../quotas/index.js';
import { ItemUsage, type Timings } from '../requests/index.js';
import type { JsonObject } from '../shared/index.js';
import { CatalogSearch, isKnownTo } from './catalog-search.js';
import { type VersionStep, versionSteps } from './version-diff.js';

/** What access.yaml says to this person about one environment. */
export interface EnvironmentAnswer {
  readonly environment: string;
  readonly outcome: Outcome;
  /** Who has to agree, or why it is denied. */
  readonly words: string;
}

export interface LinkedRunbook {
  readonly title: string;
  /** Null when it is one of ours. */
  readonly url: string | null;
}

/** All there is to know before requesting an item. */
export interface ItemDetails {
  readonly item: CatalogItem;
  /** What to take instead, if that can be had. */
  readonly successor: CatalogItem | null;
  /** Null when the item names no price, or when it can't be told without more parameters. */
  readonly cost: CostEstimate | null;
  readonly timings: Timings | null;
  readonly requested: number;
  readonly answers: readonly EnvironmentAnswer[];
  readonly runbooks: readonly LinkedRunbook[];
  /** The newest versions, the newest first, each with what it changed. */
  readonly versions: readonly VersionStep[];
}

const VERSIONS = 5;

/** What an item is, costs, takes and needs; for somebody who thinks about requesting it. */
@Injectable()
export class DescribeItem {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly costs: Costs,
    private readonly usage: ItemUsage,
    private readonly search: CatalogSearch,
  ) {}

  /** @throws UnknownItem, for what is hidden too */
  async describe(name: string, person: Person): Promise<ItemDetails> {
    const item = this.shown(name, person);
    const [timings, versions] = await Promise.all([this.usage.timings(name), this.versions(name)]);
    return {
      item,
      successor: this.catalog.successorOf(item),
      cost: this.cost(item, person),
      timings,
      requested: this.search.requested(name),
      answers: this.answers(item, person),
      runbooks: this.runbooks(item),
      versions,
    };
  }

  /** @throws UnknownItem, for what is hidden too */
  shown(name: string, person: Person): CatalogItem {
    const item = this.catalog.findItem(name);
    if (item === null || !isKnownTo(item, person)) throw new UnknownItem(name, this.catalog.suggest(name));
    return item;
  }

  /** What each of the newest versions changed. One more than shown is read, to compare the oldest with. */
  async versions(name: string): Promise<readonly VersionStep[]> {
    return versionSteps(await this.catalog.history(name, VERSIONS + 1)).slice(0, VERSIONS);
  }

  private cost(item: CatalogItem, person: Person): CostEstimate | null {
    if ((item.cost ?? []).length === 0) return null;
    const parameters = usualParameters(item);
    const leaseHours = item.lease.defaultHours;
    try {
      return this.costs.estimate({ item, parameters, request: this.scope(item, person), leaseHours });
    } catch {
      // It depends on what nobody has entered yet.
      return null;
    }
  }

  private scope(item: CatalogItem, person: Person): JsonObject {
    const [environment = ''] = item.environments;
    return { id: 'req-00000000', team: this.teamOf(item, person), environment, requesterId: person.id, reason: '' };
  }

  private answers(item: CatalogItem, person: Person): EnvironmentAnswer[] {
    const parameters = usualParameters(item);
    return item.environments.map((environment) => {
      const teamId = this.teamOf(item, person);
      const { outcome, reasons, approval } = this.policy.decideRequest({
        person,
        item,
        teamId,
        environment,
        parameters,
      });
      const telling = reasons.filter((reason) => reason.outcome === outcome).map(({ message }) => message);
      return { environment, outcome, words: approval?.describe ?? telling.join(' ') };
    });
  }

  private teamOf(item: CatalogItem, person: Person): string {
    return this.policy.teamsOf(person)[0]?.id ?? item.owner;
  }

  private runbooks({ name, resource, runbooks = [] }: CatalogItem): LinkedRunbook[] {
    const named = runbooks.map((entry) =>
      /^https?:/.test(entry)
        ? { title: entry, url: entry }
        : { title: this.catalog.findRunbook(entry)?.title ?? entry, url: null },
    );
    const fitting = this.catalog.runbooksFor({ itemName: name, kind: resource.kind });
    const titles = new Set(named.map(({ title }) => title));
    return [...named, ...fitting.filter(({ title }) => !titles.has(title)).map(({ title }) => ({ title, url: null }))];
  }
}
