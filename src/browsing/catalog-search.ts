import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Catalog, type CatalogItem, isOffered } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Logger } from '../platform/logging/index.js';
import { ItemUsage, type Usage } from '../requests/index.js';
import { ItemIndex } from './item-index.js';
import type { ItemQuery } from './item-query.js';

const TICK_MILLISECONDS = 30_000;

export interface FoundItem {
  readonly item: CatalogItem;
  /** How often it was requested, ever. */
  readonly requested: number;
}

/** What the whole catalog can be narrowed down to, with how many items each has; the most frequent first. */
export interface Facets {
  readonly tags: readonly Facet[];
  readonly owners: readonly Facet[];
}

export interface Facet {
  readonly name: string;
  readonly count: number;
}

export interface SearchPage {
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly found: readonly FoundItem[];
  readonly facets: Facets;
}

/** The catalog by words, tag, owner and popularity, out of memory: neither the number of items nor the history is felt. */
@Injectable()
export class CatalogSearch implements OnModuleInit {
  private readonly index = new ItemIndex();
  private followed: readonly CatalogItem[] | undefined;
  private following: Promise<void> = Promise.resolve();
  private usage: ReadonlyMap<string, Usage> = new Map();
  private ordered: { readonly byPopularity: readonly CatalogItem[]; readonly facets: Facets } | undefined;

  constructor(
    private readonly catalog: Catalog,
    private readonly itemUsage: ItemUsage,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.tick();
    await this.follow();
  }

  /** How popular items are changes slowly: each replica reads it anew now and then. */
  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      this.usage = await this.itemUsage.all();
      this.ordered = undefined;
    } catch (error) {
      this.logger.error('How popular items are could not be read; the next tick tries again', error);
    }
  }

  /** A page of what a person may see: drafts and retired items only if their team owns them. */
  async find(query: ItemQuery, person: Person, { page, size }: { page: number; size: number }): Promise<SearchPage> {
    await this.follow();
    const { byPopularity, facets } = this.order();
    const all = this.ranked(query, byPopularity).filter(
      (item) =>
        (query.tag === null || item.tags.includes(query.tag)) &&
        (query.owner === null || item.owner === query.owner) &&
        isShownTo(item, person),
    );
    const pages = Math.max(1, Math.ceil(all.length / size));
    const at = Math.min(Math.max(0, page), pages - 1);
    const found = all.slice(at * size, (at + 1) * size);
    return {
      total: all.length,
      page: at,
      pages,
      found: found.map((item) => ({ item, requested: this.requested(item.name) })),
      facets,
    };
  }

  /** How often an item was requested, ever; half a minute old at most. */
  requested(name: string): number {
    return this.usage.get(name)?.requested ?? 0;
  }

  private ranked({ words, sort }: ItemQuery, byPopularity: readonly CatalogItem[]): readonly CatalogItem[] {
    const everything = sort === 'title' ? this.catalog.list() : byPopularity;
    if (words === '') return everything;
    const scores = new Map(this.index.find(words).map(({ name, score }) => [name, score]));
    const fitting = everything.filter(({ name }) => scores.has(name));
    if (sort !== 'best') return fitting;
    const rank = new Map(
      fitting.map(({ name }) => [name, (scores.get(name) ?? 0) * (1 + Math.log1p(this.requested(name)) / 20)]),
    );
    return fitting.sort((a, b) => (rank.get(b.name) ?? 0) - (rank.get(a.name) ?? 0));
  }

  private order(): NonNullable<typeof this.ordered> {
    this.ordered ??= {
      byPopularity: [...this.catalog.list()].sort((a, b) => this.weight(b.name) - this.weight(a.name)),
      facets: facetsOf(this.catalog.list().filter(isOffered)),
    };
    return this.ordered;
  }

  private weight(name: string): number {
    return this.usage.get(name)?.weight ?? 0;
  }

  /** The catalog as it is now; one at a time, however many ask. */
  private follow(): Promise<void> {
    const items = this.catalog.list();
    if (this.followed !== items) {
      this.followed = items;
      this.ordered = undefined;
      this.following = this.following.then(() => this.index.follow(items));
    }
    return this.following;
  }
}

/** A draft, and what is retired, is the business of the team that owns it. Details of what this place lacks something for say so. */
export function isKnownTo({ lifecycle, owner }: CatalogItem, person: Pick<Person, 'teams'>): boolean {
  return isOffered({ lifecycle }) || person.teams.some(({ teamId }) => teamId === owner);
}

/** What can't be had in this place is not in the list. */
function isShownTo(item: CatalogItem, person: Pick<Person, 'teams'>): boolean {
  return (item.lacks ?? []).length === 0 && isKnownTo(item, person);
}

function facetsOf(items: readonly CatalogItem[]): Facets {
  return {
    tags: counted(items.flatMap(({ tags }) => [...new Set(tags)])),
    owners: counted(items.map(({ owner }) => owner)),
  };
}

function counted(names: readonly string[]): Facet[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}
