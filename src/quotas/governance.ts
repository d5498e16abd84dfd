import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Catalog } from '../catalog/index.js';
import { type DocumentProblem, formatProblem } from '../platform/documents/index.js';
import { itemReferenceProblems } from './check-items.js';
import { PriceBook } from './price-book.js';
import { QuotaBook } from './quota-book.js';

/** The files that set limits and prices, together with the items that use them. */
@Injectable()
export class Governance implements OnApplicationBootstrap {
  private readonly logger = new Logger(Governance.name);
  private found: readonly DocumentProblem[] = [];

  constructor(
    private readonly quotas: QuotaBook,
    private readonly prices: PriceBook,
    private readonly catalog: Catalog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
  }

  /** Reads both files again. Broken ones leave the last good version in force. */
  async reload(): Promise<void> {
    await this.quotas.reload();
    await this.prices.reload();
    await this.look();
  }

  /** What is wrong in both files, and which items use units or prices that are not there. */
  problems(): readonly DocumentProblem[] {
    return [...this.quotas.problems(), ...this.prices.problems(), ...this.found];
  }

  private async look(): Promise<void> {
    const units = this.quotas.current()?.units.map(({ id }) => id) ?? null;
    const prices = this.prices.current()?.prices.map(({ id }) => id) ?? null;
    this.found = await itemReferenceProblems(this.quotas.catalogDir, this.catalog.list(), { units, prices });
    for (const problem of this.found) this.logger.warn(formatProblem(problem));
  }
}
