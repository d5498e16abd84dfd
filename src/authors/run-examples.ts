import { join } from 'node:path';
import type { CatalogItem, CatalogOptions, ItemExample } from '../catalog/index.js';
import type { AnyAction } from '../orchestrator/index.js';
import { readYamlFolder, YamlDocument } from '../platform/documents/index.js';
import { messageOf } from '../shared/index.js';
import { differences } from './compare-example.js';
import { weighExample } from './weigh-example.js';
import { SetClock, setUpWorkbench, type Workbench } from './workbench.js';

/** When an example says nothing else: a plain Wednesday morning, so that it comes out the same every day. */
const EXAMPLE_TIME = '2026-01-14T10:00:00Z';

export interface ExampleOutcome {
  readonly item: string;
  readonly title: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Empty: it passed. */
  readonly differences: readonly string[];
}

export interface ExamplesReport {
  /** Names of all items that are good; a file with problems has no examples to run. */
  readonly items: readonly string[];
  readonly outcomes: readonly ExampleOutcome[];
}

/** Runs the examples of every item, against the real policy with the people of access.yaml. Touches no server. */
export async function runItemExamples(
  folders: CatalogOptions,
  only?: string,
  more: readonly AnyAction[] = [],
): Promise<ExamplesReport> {
  const bench = await setUpWorkbench(folders, new SetClock(new Date(EXAMPLE_TIME)), more);
  const { files } = await readYamlFolder(join(folders.catalogDir, 'items'), 'catalog/items');
  const sources = new Map(files.map(({ file, source }) => [file, source]));
  const items = bench.catalog.list().filter(({ name }) => only === undefined || name === only);
  const outcomes: ExampleOutcome[] = [];
  for (const item of items) outcomes.push(...(await examplesOf(item, sources.get(item.file) ?? '', bench)));
  return { items: items.map(({ name }) => name), outcomes };
}

async function examplesOf(item: CatalogItem, source: string, bench: Workbench): Promise<ExampleOutcome[]> {
  const read = YamlDocument.read(source, item.file);
  const outcomes: ExampleOutcome[] = [];
  for (const [index, example] of (item.examples ?? []).entries()) {
    const line = read.ok ? read.document.problem(['examples', index], '', '').line : 1;
    const { title } = example;
    outcomes.push({ item: item.name, title, file: item.file, line, differences: await tried(item, example, bench) });
  }
  return outcomes;
}

async function tried(item: CatalogItem, example: ItemExample, bench: Workbench): Promise<string[]> {
  bench.clock.set(new Date(example.time ?? EXAMPLE_TIME));
  try {
    return differences(example.expect, await weighExample(item, example, bench));
  } catch (error) {
    return [`it could not be worked out: ${messageOf(error)}`];
  }
}
