import { join } from 'node:path';
import type { CatalogItem } from '../catalog/index.js';
import {
  closest,
  type DocumentPath,
  type DocumentProblem,
  readYamlFile,
  YamlDocument,
} from '../platform/documents/index.js';

/** The names that items may use; null when the file itself is not there or broken, which is said elsewhere. */
export interface KnownNames {
  readonly units: readonly string[] | null;
  readonly prices: readonly string[] | null;
}

type Governed = Pick<CatalogItem, 'file' | 'quota' | 'cost'>;

/**
 * Prices and units that items use and no file has, each at its line. Warnings: the item can be looked at, but its plan says
 * that the cost is not known, or that there is no limit, and is refused.
 */
export async function itemReferenceProblems(
  catalogDir: string,
  items: readonly Governed[],
  known: KnownNames,
): Promise<DocumentProblem[]> {
  const problems: DocumentProblem[] = [];
  for (const item of items) {
    const missing = missingOf(item, known);
    if (missing.length > 0) problems.push(...(await located(catalogDir, item, missing)));
  }
  return problems;
}

interface Missing {
  readonly path: DocumentPath;
  readonly message: string;
  readonly remedy: string;
}

function missingOf({ quota = {}, cost = [] }: Governed, { units, prices }: KnownNames): Missing[] {
  return [
    ...Object.keys(quota).flatMap((name) =>
      units === null || units.includes(name)
        ? []
        : [missing(['quota', name], `no limit is set for “${name}”, so the item can’t be had`, name, units, 'quotas')],
    ),
    ...cost.flatMap(({ price }, index) =>
      prices === null || prices.includes(price)
        ? []
        : [
            missing(
              ['cost', index, 'price'],
              `there is no price “${price}”, so the cost can’t be told`,
              price,
              prices,
              'prices',
            ),
          ],
    ),
  ];
}

function missing(path: DocumentPath, message: string, name: string, known: readonly string[], file: string): Missing {
  const [near] = closest(name, known, 1);
  const add = `add it to catalog/${file}.yaml`;
  return { path, message, remedy: near === undefined ? add : `write “${near}” instead, or ${add}` };
}

async function located(
  catalogDir: string,
  { file }: Governed,
  missing: readonly Missing[],
): Promise<DocumentProblem[]> {
  const { files } = await readYamlFile(join(catalogDir, file.replace(/^catalog\//, '')), file);
  const read = YamlDocument.read(files[0]?.source ?? '', file);
  return missing.map(({ path, message, remedy }) =>
    read.ok
      ? read.document.problem(path, message, remedy, 'warning')
      : { file, line: 1, column: 1, message, remedy, severity: 'warning' as const },
  );
}
