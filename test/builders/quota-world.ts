import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { DataSource } from 'typeorm';
import { Audit } from '../../src/audit/index.js';
import { ActionCatalog, CatalogModule } from '../../src/catalog/index.js';
import { Metrics } from '../../src/observability/index.js';
import { Changes, Notices } from '../../src/platform/changes/index.js';
import { createDataSource, Transactions } from '../../src/platform/database/index.js';
import { Logger, NestLogger } from '../../src/platform/logging/index.js';
import { QuotasModule } from '../../src/quotas/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { Clock, Ids, RandomIds, SystemClock } from '../../src/shared/index.js';
import { KnownActions } from '../fakes/known-actions.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** What is shipped and takes nothing but what the tests' own quotas and prices name. */
const ITEMS = ['postgres-database', 'postgres-schema', 'demo-service'];

@Module({})
class Surroundings {}

/** One process of the product, as far as quotas need it: its own pool on the shared database. */
export interface Replica {
  readonly transactions: Transactions;
  readonly get: <T>(type: abstract new (...args: never[]) => T) => T;
}

/** Quotas on a real database, on several replicas, with files of the test's own. */
export class QuotaWorld {
  private readonly modules: TestingModule[] = [];
  private readonly pools: DataSource[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly catalogDir: string,
    readonly replicas: readonly Replica[],
  ) {}

  static async open(files: { quotas?: string; prices?: string }, replicas = 1): Promise<QuotaWorld> {
    const database = await createTestDatabase({ poolSize: 10 });
    const catalogDir = await mkdtemp(join(tmpdir(), 'quartermaster-quotas-'));
    if (files.quotas !== undefined) await writeFile(join(catalogDir, 'quotas.yaml'), files.quotas);
    if (files.prices !== undefined) await writeFile(join(catalogDir, 'prices.yaml'), files.prices);
    for (const item of ITEMS) await cp(`catalog/items/${item}.yaml`, join(catalogDir, `items/${item}.yaml`));
    const started: Replica[] = [];
    const world = new QuotaWorld(database, catalogDir, started);
    for (let n = 0; n < replicas; n += 1) started.push(await world.start(n));
    return world;
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.replica(0).get(type);
  }

  replica(index: number): Replica {
    const replica = this.replicas[index % this.replicas.length];
    if (replica === undefined) throw new Error('There is no replica.');
    return replica;
  }

  /** A replica more, which reads the files as they are now. */
  async restarted(): Promise<Replica> {
    return this.start(1);
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.transactions.query<Row>(sql, parameters);
  }

  async close(): Promise<void> {
    for (const module of this.modules) await module.close();
    for (const pool of this.pools) await pool.destroy();
    await this.database.drop();
    await rm(this.catalogDir, { recursive: true, force: true });
  }

  private async start(index: number): Promise<Replica> {
    const transactions = index === 0 ? this.database.transactions : new Transactions(await this.pool());
    const [changes, ids, redactor] = [new Changes(), new RandomIds(), new Redactor()];
    const values = [
      { provide: Transactions, useValue: transactions },
      { provide: ActionCatalog, useValue: new KnownActions() },
      { provide: Clock, useValue: new SystemClock() },
      { provide: Ids, useValue: ids },
      { provide: Metrics, useValue: new Metrics() },
      { provide: Logger, useValue: Logger.silent() },
      { provide: Changes, useValue: changes },
      { provide: Notices, useValue: new Notices((value) => redactor.value(value)) },
      { provide: Audit, useValue: new Audit(transactions, changes, ids, redactor) },
    ];
    const surroundings: DynamicModule = {
      module: Surroundings,
      global: true,
      providers: values,
      exports: values.map(({ provide }) => provide),
    };
    const module = await Test.createTestingModule({
      imports: [
        surroundings,
        CatalogModule.forRoot({ catalogDir: this.catalogDir, runbooksDir: 'runbooks' }),
        QuotasModule.forRoot({ catalogDir: this.catalogDir }),
      ],
    })
      .setLogger(new NestLogger(Logger.silent()))
      .compile();
    await module.init();
    this.modules.push(module);
    return { transactions, get: (type) => module.get(type, { strict: false }) };
  }

  private async pool(): Promise<DataSource> {
    const pool = await createDataSource({ url: this.database.url, poolSize: 10, migrations: [] });
    await pool.initialize();
    this.pools.push(pool);
    return pool;
  }
}
