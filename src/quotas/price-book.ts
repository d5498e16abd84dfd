import type { Transactions } from '../platform/database/index.js';
import { type FileKind, GoverningFile } from './governing-file.js';
import { type Price, type PriceDocument, priceParser, priceProblems } from './price-document.js';

export const PRICE_FILE: FileKind<PriceDocument> = {
  file: 'catalog/prices.yaml',
  parser: priceParser,
  check: priceProblems,
};

const NO_FILE_CURRENCY = 'EUR';

/** catalog/prices.yaml as it is in force. */
export class PriceBook extends GoverningFile<PriceDocument> {
  constructor(catalogDir: string, transactions: Pick<Transactions, 'query'>) {
    super(catalogDir, PRICE_FILE, transactions);
  }

  /** ISO 4217. */
  currency(): string {
    return this.current()?.currency ?? NO_FILE_CURRENCY;
  }

  /** Null when it is missing: then nobody can tell the cost, which is not the same as nothing. */
  find(id: string): Price | null {
    return this.current()?.prices.find((price) => price.id === id) ?? null;
  }
}
