import type { CatalogItem } from '../catalog/index.js';
import type { DocumentProblem } from '../platform/documents/index.js';
import { itemReferenceProblems } from './check-items.js';
import { readGoverningFile } from './governing-file.js';
import { PRICE_FILE } from './price-book.js';
import { QUOTA_FILE } from './quota-book.js';

/** Checks quotas.yaml, prices.yaml and what items use of them as the bot would at start, without a database. */
export async function lintQuotas(
  catalogDir: string,
  items: readonly CatalogItem[],
): Promise<readonly DocumentProblem[]> {
  const quotas = await readGoverningFile(catalogDir, QUOTA_FILE);
  const prices = await readGoverningFile(catalogDir, PRICE_FILE);
  const units = quotas.ok ? quotas.value.units.map(({ id }) => id) : null;
  const priced = prices.ok ? prices.value.prices.map(({ id }) => id) : null;
  return [
    ...(quotas.ok ? [] : quotas.problems),
    ...(prices.ok ? [] : prices.problems),
    ...(await itemReferenceProblems(catalogDir, items, { units, prices: priced })),
  ];
}
