import { join } from 'node:path';
import type { DocumentProblem } from '../platform/documents/index.js';
import type { ActionCatalog } from './action-catalog.js';
import type { CatalogOptions } from './catalog.options.js';
import type { CatalogItem } from './catalog-item.js';
import { referenceProblems } from './check-references.js';
import { Expressions } from './expressions.js';
import { CatalogLoader } from './loading/catalog-loader.js';

export interface LintReport {
  /** Names of the items and runbooks that are good. */
  readonly items: readonly string[];
  readonly runbooks: readonly string[];
  /** The good items themselves, for those who check what they refer to. */
  readonly loaded: readonly CatalogItem[];
  readonly problems: readonly DocumentProblem[];
}

/** Checks every item and runbook as the bot would at start, without a database. */
export async function lintCatalog(folders: CatalogOptions, actions: ActionCatalog): Promise<LintReport> {
  const loader = new CatalogLoader(new Expressions(), actions);
  const items = await loader.items(join(folders.catalogDir, 'items'));
  const values = items.loaded.map(({ value }) => value);
  const runbooks = await loader.runbooks(folders.runbooksDir, values);
  const sources = new Map(items.loaded.map(({ value, version }) => [value.file, version?.source ?? '']));
  return {
    items: values.map(({ name }) => name),
    runbooks: runbooks.loaded.map(({ value }) => value.name),
    loaded: values,
    problems: [
      ...items.problems,
      ...runbooks.problems,
      ...referenceProblems(byName(values), byName(runbooks.loaded.map(({ value }) => value)), sources),
    ],
  };
}

function byName<T extends { readonly name: string }>(values: readonly T[]): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [value.name, value]));
}
