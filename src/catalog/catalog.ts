import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { closest, type DocumentProblem, formatProblem } from '../platform/documents/index.js';
import { digestOf } from '../shared/index.js';
import { UnknownItem, UnknownRunbook } from './catalog.errors.js';
import { CATALOG_OPTIONS, type CatalogOptions } from './catalog.options.js';
import type { CatalogItem } from './catalog-item.js';
import { referenceProblems } from './check-references.js';
import { itemParser } from './item-parser.js';
import { CatalogLoader } from './loading/catalog-loader.js';
import { FileMemory } from './loading/file-memory.js';
import { equipped, lackSentence } from './needs.js';
import type { Runbook } from './runbook.js';
import { runbookParser } from './runbook-parser.js';
import { contentsOf, Shelf, type ShelfContents } from './shelf.js';
import { type PastVersion, VersionStore } from './versions/version-store.js';

const MAX_LOGGED_PROBLEMS = 200;

/** What the bot offers: items and runbooks as they are now, and every version there ever was. */
@Injectable()
export class Catalog {
  private readonly logger = new Logger(Catalog.name);
  private readonly itemMemory = new FileMemory<CatalogItem>();
  private readonly runbookMemory = new FileMemory<Runbook>();
  private readonly itemShelf: Shelf<Omit<CatalogItem, 'digest' | 'file' | 'lacks'>>;
  private readonly runbookShelf: Shelf<Omit<Runbook, 'digest' | 'file'>>;
  private items: ShelfContents<CatalogItem> = contentsOf<CatalogItem>([], []);
  private books: ShelfContents<Runbook> = contentsOf<Runbook>([], []);
  private found: readonly DocumentProblem[] = [];
  private readonly told = new Set<string>();
  private reloading: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CATALOG_OPTIONS) private readonly options: CatalogOptions,
    private readonly loader: CatalogLoader,
    private readonly versions: VersionStore,
  ) {
    const [items, books] = [this.itemMemory, this.runbookMemory];
    this.itemShelf = new Shelf({ kind: 'item', parser: itemParser, versions, memory: items, numbered: true });
    this.runbookShelf = new Shelf({ kind: 'runbook', parser: runbookParser, versions, memory: books, numbered: false });
  }

  /**
   * Reads the files again, one reload after the other, and keeps each new version. A broken file keeps its last good version,
   * from memory or from the database. If the database can't be reached it throws and everything stays as it was.
   */
  reload(): Promise<void> {
    const next = this.reloading.then(() => this.load());
    this.reloading = next.catch(() => undefined);
    return next;
  }

  private async load(): Promise<void> {
    const folder = join(this.options.catalogDir, 'items');
    const items = await this.itemShelf.restock(this.loader.itemsInParts(folder, this.itemMemory), this.items);
    const memory = this.runbookMemory.in(digestOf(items.values.map(({ digest }) => digest)));
    const read = this.loader.runbooksInParts(this.options.runbooksDir, items.values, memory);
    const books = await this.runbookShelf.restock(read, this.books);
    this.items = this.equip(items);
    this.books = books;
    this.found = [...items.problems, ...books.problems, ...referenceProblems(items.byName, books.byName)];
    for (const problem of this.found.slice(0, MAX_LOGGED_PROBLEMS)) this.logger.warn(formatProblem(problem));
    this.logger.log(`Catalog loaded: ${items.values.length} items, ${books.values.length} runbooks.`);
  }

  /** Says of each item once that it is not offered here, and why. */
  private equip(items: ShelfContents<CatalogItem>): ShelfContents<CatalogItem> {
    const { isMet } = this.options;
    if (isMet === undefined) return items;
    const values = items.values.map((item) => equipped(item, isMet));
    for (const item of values) {
      const sentence = lackSentence(item);
      if (sentence !== null && !this.told.has(item.name)) this.logger.log(sentence);
      if (sentence !== null) this.told.add(item.name);
    }
    return contentsOf(values, items.problems);
  }

  /** @throws UnknownItem with suggestions */
  item(name: string): CatalogItem {
    const found = this.items.byName.get(name);
    if (found === undefined) throw new UnknownItem(name, this.suggest(name));
    return found;
  }

  findItem(name: string): CatalogItem | null {
    return this.items.byName.get(name) ?? null;
  }

  /** What its owner names to take instead, if that can be had here. */
  successorOf({ successor = '' }: Pick<CatalogItem, 'successor'>): CatalogItem | null {
    const found = this.findItem(successor);
    return found !== null && isOffered(found) ? found : null;
  }

  /** Every item that is in use, drafts and retired ones too; the caller looks at `lifecycle`. By title. */
  list(): readonly CatalogItem[] {
    return this.items.values;
  }

  /** The exact version a request or resource came from, however old. */
  async findVersion(name: string, digest: string): Promise<CatalogItem | null> {
    const current = this.items.byName.get(name);
    return current?.digest === digest ? current : this.itemShelf.find(name, digest);
  }

  /** The text of the file as it was in a version of an item, however old. */
  async source(name: string, digest: string): Promise<string | null> {
    return (await this.versions.find('item', name, digest))?.source ?? null;
  }

  /** The newest versions of an item, the newest first. */
  history(name: string, limit: number): Promise<readonly PastVersion[]> {
    return this.versions.history('item', name, limit);
  }

  /** The exact version a playbook came from, however old. */
  async findRunbookVersion(name: string, digest: string): Promise<Runbook | null> {
    const current = this.books.byName.get(name);
    return current?.digest === digest ? current : this.runbookShelf.find(name, digest);
  }

  /** @throws UnknownRunbook with suggestions */
  runbook(name: string): Runbook {
    const found = this.books.byName.get(name);
    if (found === undefined) throw new UnknownRunbook(name, closest(name, [...this.books.byName.keys()]));
    return found;
  }

  findRunbook(name: string): Runbook | null {
    return this.books.byName.get(name) ?? null;
  }

  runbooks(): readonly Runbook[] {
    return this.books.values;
  }

  /** Runbooks for a resource made from this item: those that name the item first, then those for its kind. */
  runbooksFor(resource: { itemName: string; kind: string }): readonly Runbook[] {
    const named = this.books.values.filter(({ appliesTo }) => appliesTo.items.includes(resource.itemName));
    const byKind = this.books.values.filter(({ appliesTo }) => appliesTo.kinds.includes(resource.kind));
    return [...new Set([...named, ...byKind])];
  }

  /** Names of offered items that look like what was typed, by name, title or tag; best first, at most three. */
  suggest(text: string): readonly string[] {
    const offered = this.items.values.filter(isOffered);
    const words = new Map(
      offered.flatMap((item) => [item.name, item.title, ...item.tags].map((word) => [word, item.name])),
    );
    const names = closest(text, [...words.keys()], 10).flatMap((word) => words.get(word) ?? []);
    return [...new Set(names)].slice(0, 3);
  }

  /** What is wrong in the files right now, for lint, logs and the platform team's eyes. */
  problems(): readonly DocumentProblem[] {
    return this.found;
  }
}

/** Whether new requests for it are taken here. */
export function isOffered({ lifecycle, lacks = [] }: Pick<CatalogItem, 'lifecycle' | 'lacks'>): boolean {
  return (lifecycle === 'active' || lifecycle === 'deprecated') && lacks.length === 0;
}
