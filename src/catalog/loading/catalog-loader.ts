import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { readYamlFolderInParts } from '../../platform/documents/index.js';
import { ActionCatalog } from '../action-catalog.js';
import type { CatalogItem } from '../catalog-item.js';
import { itemProblems } from '../check-item.js';
import { runbookProblems } from '../check-runbook.js';
import { Expressions } from '../expressions.js';
import { itemParser } from '../item-parser.js';
import type { Runbook } from '../runbook.js';
import { runbookParser } from '../runbook-parser.js';
import { FileMemory } from './file-memory.js';
import { type DocumentKind, DocumentLoad, joined, type Kept, type LoadResult } from './load-documents.js';

/** Others get their turn after that long, however many files there are. */
const BREATH_MILLISECONDS = 10;

/** Some files of a folder. `unreadable`: the folder itself can't be read, which says nothing about what is in it. */
export interface LoadedPart<T> extends LoadResult<T> {
  readonly unreadable: boolean;
}

/** Reads the catalog's files and says what is wrong in them. Knows nothing of databases, so that the linter can use it. */
@Injectable()
export class CatalogLoader {
  constructor(
    private readonly expressions: Expressions,
    private readonly actions: ActionCatalog,
  ) {}

  /** Items of a folder. Never throws for what is in the files. */
  async items(folder: string): Promise<LoadResult<CatalogItem>> {
    return all(this.itemsInParts(folder));
  }

  /** Runbooks of a folder, checked against the items they apply to. */
  async runbooks(folder: string, items: readonly CatalogItem[]): Promise<LoadResult<Runbook>> {
    return all(this.runbooksInParts(folder, items));
  }

  /** As {@link items}, some at a time, and only those anew that `memory` doesn't know as they are. */
  itemsInParts(folder: string, memory = new FileMemory<CatalogItem>()): AsyncGenerator<LoadedPart<CatalogItem>, void> {
    const checkers = { expressions: this.expressions, actions: this.actions };
    return inParts(
      { folder, label: 'catalog/items', memory },
      { kind: 'item', parser: itemParser, check: (document, item) => itemProblems(document, item, checkers) },
    );
  }

  runbooksInParts(
    folder: string,
    items: readonly CatalogItem[],
    memory = new FileMemory<Runbook>(),
  ): AsyncGenerator<LoadedPart<Runbook>, void> {
    const checkers = { expressions: this.expressions, actions: this.actions };
    return inParts(
      { folder, label: 'runbooks', memory },
      {
        kind: 'runbook',
        parser: runbookParser,
        check: (document, runbook) => runbookProblems(document, runbook, items, checkers),
      },
    );
  }
}

async function* inParts<T extends { name: string; version: string }>(
  { folder, label, memory }: { folder: string; label: string; memory: FileMemory<Kept<T>> },
  documents: DocumentKind<T>,
): AsyncGenerator<LoadedPart<Kept<T>>, void> {
  const load = new DocumentLoad(documents, memory);
  let since = performance.now();
  for await (const { files, problems } of readYamlFolderInParts(folder, label)) {
    const results: LoadResult<Kept<T>>[] = [];
    for (const file of files) {
      results.push(load.take(file));
      if (performance.now() - since < BREATH_MILLISECONDS) continue;
      await setImmediate();
      since = performance.now();
    }
    const part = joined(results);
    const unread = problems.map(({ file }) => file).filter((file) => file !== label);
    yield {
      loaded: part.loaded,
      broken: [...part.broken, ...unread],
      problems: [...problems, ...part.problems],
      unreadable: problems.some(({ file }) => file === label),
    };
  }
}

async function all<T>(parts: AsyncIterable<LoadResult<T>>): Promise<LoadResult<T>> {
  const results: LoadResult<T>[] = [];
  for await (const part of parts) results.push(part);
  return joined(results);
}
