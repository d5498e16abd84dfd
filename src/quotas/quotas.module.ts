import { type DynamicModule, Module } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { Budgets } from './budgets.js';
import { CommitmentStore } from './commitment.store.js';
import { CostDayStore } from './cost-day.store.js';
import { CostDays } from './cost-days.js';
import { Costs } from './costs.js';
import { Governance } from './governance.js';
import { Holdings } from './holdings.js';
import { LeakSweep } from './leak-sweep.js';
import { LeaseStore } from './lease.store.js';
import { PriceBook } from './price-book.js';
import { QuotaBook } from './quota-book.js';
import { QuotaWaits } from './quota-waits.js';
import { Quotas } from './quotas.js';
import { Showbacks } from './showback.js';

export interface QuotasOptions {
  /** Folder with `quotas.yaml` and `prices.yaml`. */
  readonly catalogDir: string;
}

/** Needs the global catalog module. Whoever gets a book gets it loaded. */
@Module({})
export class QuotasModule {
  static forRoot({ catalogDir }: QuotasOptions): DynamicModule {
    const loaded = async <T extends { reload(): Promise<void> }>(book: T): Promise<T> => {
      await book.reload();
      return book;
    };
    return {
      module: QuotasModule,
      global: true,
      providers: [
        {
          provide: QuotaBook,
          inject: [Transactions],
          useFactory: (transactions: Transactions) => loaded(new QuotaBook(catalogDir, transactions)),
        },
        {
          provide: PriceBook,
          inject: [Transactions],
          useFactory: (transactions: Transactions) => loaded(new PriceBook(catalogDir, transactions)),
        },
        Budgets,
        CommitmentStore,
        CostDays,
        CostDayStore,
        Costs,
        Governance,
        Holdings,
        LeakSweep,
        LeaseStore,
        QuotaWaits,
        Quotas,
        Showbacks,
      ],
      exports: [
        Budgets,
        CostDays,
        Costs,
        Governance,
        Holdings,
        LeakSweep,
        PriceBook,
        QuotaBook,
        Quotas,
        QuotaWaits,
        Showbacks,
      ],
    };
  }
}
