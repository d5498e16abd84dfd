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

/** What a search asks of an item, by itself: looking into ten thousand whole items takes ten times as long. */
interface Listed {
  readonly item: CatalogItem;
  readonly name: string;
  readonly owner: string;
  readonly tags: ReadonlySet<string>;
  /** By popularity. */
  readonly place: number;
  /** Neither a draft nor retired. */
  readonly isOpen: boolean;
  /** What can't be had in this place is not in the list. */
  readonly isUsable: boolean;
}

interface Order {
  readonly byPopularity: readonly Listed[];
  readonly byTitle: readonly Listed[];
  readonly byName: ReadonlyMap<string, Listed>;
}

interface Shelved extends Order {
  readonly facets: Facets;
}

/** The catalog by words, tag, owner and popularity, out of memory: neither the number of items nor the history is felt. */
@Injectable()
export class CatalogSearch implements OnModuleInit {
  private readonly index = new ItemIndex();
  private followed: readonly CatalogItem[] | undefined;
  private following: Promise<void> = Promise.resolve();
  private usage: ReadonlyMap<string, Usage> = new Map();
  private shelved: Shelved | undefined;

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
      this.shelved = undefined;
    } catch (error) {
      this.logger.error('How popular items are could not be read; the next tick tries again', error);
    }
  }

  /** A page of what a person may see: drafts and retired items only if their team owns them. */
  async find(query: ItemQuery, person: Person, { page, size }: { page: number; size: number }): Promise<SearchPage> {
    await this.follow();
    const { facets, ...shelved } = this.shelf();
    const teams = new Set(person.teams.map(({ teamId }) => teamId));
    const all = this.ranked(query, shelved).filter(
      ({ tags, owner, isOpen, isUsable }) =>
        (query.tag === null || tags.has(query.tag)) &&
        (query.owner === null || owner === query.owner) &&
        isUsable &&
        (isOpen || teams.has(owner)),
    );
    const pages = Math.max(1, Math.ceil(all.length / size));
    const at = Math.min(Math.max(0, page), pages - 1);
    const found = all.slice(at * size, (at + 1) * size);
    return {
      total: all.length,
      page: at,
      pages,
      found: found.map(({ item, name }) => ({ item, requested: this.requested(name) })),
      facets,
    };
  }

  /** How often an item was requested, ever; half a minute old at most. */
  requested(name: string): number {
    return this.usage.get(name)?.requested ?? 0;
  }

  private ranked({ words, sort }: ItemQuery, { byPopularity, byTitle, byName }: Order): readonly Listed[] {
    const everything = sort === 'title' ? byTitle : byPopularity;
    if (words === '') return everything;
    const hits = this.index.find(words);
    if (sort !== 'best') {
      const names = new Set(hits.map(({ name }) => name));
      return everything.filter(({ name }) => names.has(name));
    }
    return hits
      .flatMap(({ name, score }) => {
        const listed = byName.get(name);
        return listed === undefined ? [] : [{ listed, rank: score * (1 + Math.log1p(this.requested(name)) / 20) }];
      })
      .sort((a, b) => b.rank - a.rank || a.listed.place - b.listed.place)
      .map(({ listed }) => listed);
  }

  private shelf(): Shelved {
    if (this.shelved !== undefined) return this.shelved;
    const items = this.catalog.list();
    const weighed = items.map((item) => ({ item, weight: this.usage.get(item.name)?.weight ?? 0 }));
    const byPopularity = weighed.sort((a, b) => b.weight - a.weight).map(({ item }, place) => listedOf(item, place));
    const byName = new Map(byPopularity.map((listed) => [listed.name, listed]));
    const byTitle = items.flatMap(({ name }) => byName.get(name) ?? []);
    this.shelved = { byPopularity, byTitle, byName, facets: facetsOf(items.filter(isOffered)) };
    return this.shelved;
  }

  /** The catalog as it is now; one at a time, however many ask. */
  private follow(): Promise<void> {
    const items = this.catalog.list();
    if (this.followed !== items) {
      this.followed = items;
      this.shelved = undefined;
      this.following = this.following.then(() => this.index.follow(items));
    }
    return this.following;
  }
}

/** A draft, and what is retired, is the business of the team that owns it. Details of what this place lacks something for say so. */
export function isKnownTo({ lifecycle, owner }: CatalogItem, person: Pick<Person, 'teams'>): boolean {
  return isOffered({ lifecycle }) || person.teams.some(({ teamId }) => teamId === owner);
}

function listedOf(item: CatalogItem, place: number): Listed {
  const { name, owner, tags, lifecycle, lacks = [] } = item;
  return {
    item,
    name,
    owner,
    tags: new Set(tags),
    place,
    isOpen: isOffered({ lifecycle }),
    isUsable: lacks.length === 0,
  };
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
