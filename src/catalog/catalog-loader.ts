import { Injectable } from '@nestjs/common';
import { readYamlFolder } from '../platform/documents/index.js';
import { ActionCatalog } from './action-catalog.js';
import type { CatalogItem } from './catalog-item.js';
import { itemProblems } from './check-item.js';
import { runbookProblems } from './check-runbook.js';
import { Expressions } from './expressions.js';
import { itemParser } from './item-parser.js';
import { type LoadResult, loadDocuments } from './load-documents.js';
import type { Runbook } from './runbook.js';
import { runbookParser } from './runbook-parser.js';

/** Reads the catalog's files and says what is wrong in them. Knows nothing of databases, so that the linter can use it. */
@Injectable()
export class CatalogLoader {
  constructor(
    private readonly expressions: Expressions,
    private readonly actions: ActionCatalog,
  ) {}

  /** Items of a folder. Never throws for what is in the files. */
  async items(folder: string): Promise<LoadResult<CatalogItem>> {
    const checkers = { expressions: this.expressions, actions: this.actions };
    const { files, problems } = await readYamlFolder(folder, 'catalog/items');
    const result = loadDocuments('item', files, itemParser, (document, item) => itemProblems(document, item, checkers));
    return { ...result, problems: [...problems, ...result.problems] };
  }

  /** Runbooks of a folder, checked against the items they apply to. */
  async runbooks(folder: string, items: readonly CatalogItem[]): Promise<LoadResult<Runbook>> {
    const checkers = { expressions: this.expressions, actions: this.actions };
    const { files, problems } = await readYamlFolder(folder, 'runbooks');
    const result = loadDocuments('runbook', files, runbookParser, (document, runbook) =>
      runbookProblems(document, runbook, items, checkers),
    );
    return { ...result, problems: [...problems, ...result.problems] };
  }
}
