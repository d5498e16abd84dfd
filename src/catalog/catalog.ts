import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { closest, type DocumentProblem, formatProblem } from '../platform/documents/index.js';
import { UnknownItem, UnknownRunbook } from './catalog.errors.js';
import { CATALOG_OPTIONS, type CatalogOptions } from './catalog.options.js';
import type { CatalogItem } from './catalog-item.js';
import { CatalogLoader } from './catalog-loader.js';
import { itemParser } from './item-parser.js';
import { lastGood, reviveVersion } from './last-good.js';
import type { Runbook } from './runbook.js';
import { runbookParser } from './runbook-parser.js';
import { VersionStore } from './version-store.js';

interface Snapshot {
  readonly items: readonly CatalogItem[];
  readonly runbooks: readonly Runbook[];
  readonly problems: readonly DocumentProblem[];
}

/** What the bot offers: items and runbooks as they are now, and every version there ever was. */
@Injectable()
export class Catalog {
  private readonly logger = new Logger(Catalog.name);
  private snapshot: Snapshot = { items: [], runbooks: [], problems: [] };

  constructor(
    @Inject(CATALOG_OPTIONS) private readonly options: CatalogOptions,
    private readonly loader: CatalogLoader,
    private readonly versions: VersionStore,
  ) {}

  /**
   * Reads the files again and keeps each new version. A broken file keeps its last good version, from memory or from
   * the database. If the database can't be reached it throws and everything stays as it was.
   */
  async reload(): Promise<void> {
    const read = await this.loader.items(join(this.options.catalogDir, 'items'));
    const items = await lastGood('item', read, this.snapshot.items, itemParser, this.versions);
    const books = await this.loader.runbooks(this.options.runbooksDir, items.values);
    const runbooks = await lastGood('runbook', books, this.snapshot.runbooks, runbookParser, this.versions);
    await this.versions.store([...read.loaded, ...books.loaded].map(({ version }) => version));
    this.snapshot = {
      items: items.values,
      runbooks: runbooks.values,
      problems: [...items.problems, ...runbooks.problems],
    };
    for (const problem of this.snapshot.problems) this.logger.warn(formatProblem(problem));
    this.logger.log(`Catalog loaded: ${this.snapshot.items.length} items, ${this.snapshot.runbooks.length} runbooks.`);
  }

  /** @throws UnknownItem with suggestions */
  item(name: string): CatalogItem {
    const found = this.snapshot.items.find((item) => item.name === name);
    if (found === undefined) throw new UnknownItem(name, this.suggest(name));
    return found;
  }

  /** Every item that is in use, drafts and retired ones too; the caller looks at `lifecycle`. By title. */
  list(): readonly CatalogItem[] {
    return this.snapshot.items;
  }

  /** The exact version a request or resource came from, however old. */
  async findVersion(name: string, digest: string): Promise<CatalogItem | null> {
    const current = this.snapshot.items.find((item) => item.name === name && item.digest === digest);
    return current ?? reviveVersion(itemParser, await this.versions.find('item', name, digest));
  }

  /** The exact version a playbook came from, however old. */
  async findRunbookVersion(name: string, digest: string): Promise<Runbook | null> {
    const current = this.snapshot.runbooks.find((runbook) => runbook.name === name && runbook.digest === digest);
    return current ?? reviveVersion(runbookParser, await this.versions.find('runbook', name, digest));
  }

  /** @throws UnknownRunbook with suggestions */
  runbook(name: string): Runbook {
    const found = this.snapshot.runbooks.find((runbook) => runbook.name === name);
    const names = this.snapshot.runbooks.map((runbook) => runbook.name);
    if (found === undefined) throw new UnknownRunbook(name, closest(name, names));
    return found;
  }

  runbooks(): readonly Runbook[] {
    return this.snapshot.runbooks;
  }

  /** Runbooks for a resource made from this item: those that name the item first, then those for its kind. */
  runbooksFor(resource: { itemName: string; kind: string }): readonly Runbook[] {
    const named = this.snapshot.runbooks.filter(({ appliesTo }) => appliesTo.items.includes(resource.itemName));
    const byKind = this.snapshot.runbooks.filter(({ appliesTo }) => appliesTo.kinds.includes(resource.kind));
    return [...new Set([...named, ...byKind])];
  }

  /** Names of offered items that look like what was typed, by name, title or tag; best first, at most three. */
  suggest(text: string): readonly string[] {
    const offered = this.snapshot.items.filter(
      (item) => item.lifecycle === 'active' || item.lifecycle === 'deprecated',
    );
    const words = new Map(
      offered.flatMap((item) => [item.name, item.title, ...item.tags].map((word) => [word, item.name])),
    );
    const names = closest(text, [...words.keys()], 10).flatMap((word) => words.get(word) ?? []);
    return [...new Set(names)].slice(0, 3);
  }

  /** What is wrong in the files right now, for lint, logs and the platform team's eyes. */
  problems(): readonly DocumentProblem[] {
    return this.snapshot.problems;
  }
}
