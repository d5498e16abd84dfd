import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Abstract, DynamicModule, FactoryProvider, Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { ApprovalsModule } from '../../src/approvals/index.js';
import { AuditModule } from '../../src/audit/index.js';
import { Catalog, CatalogModule } from '../../src/catalog/index.js';
import { IdentityModule, People, type Person, SlackDirectory } from '../../src/identity/index.js';
import { IncidentRoom, IncidentsModule } from '../../src/incidents/index.js';
import { Metrics } from '../../src/observability/index.js';
import { OrchestratorModule } from '../../src/orchestrator/index.js';
import { Changes, Notices } from '../../src/platform/changes/index.js';
import { Transactions } from '../../src/platform/database/index.js';
import { Durable, durableLogger } from '../../src/platform/durable/index.js';
import { Logger, NestLogger } from '../../src/platform/logging/index.js';
import { PolicyModule } from '../../src/policy/index.js';
import { RequestsModule } from '../../src/requests/index.js';
import { Resources, ResourcesModule } from '../../src/resources/index.js';
import { Redactor, SecretsModule } from '../../src/secrets/index.js';
import { Clock, Ids, RandomIds, SystemClock } from '../../src/shared/index.js';
import { RoomsInMemory } from '../fakes/rooms-in-memory.js';
import { SlackPeople } from '../fakes/slack-people.js';
import { asAdmin, createTestDatabase, type TestDatabase } from './database.js';

class Foundations {}

function foundations(providers: FactoryProvider[]): DynamicModule {
  return { module: Foundations, global: true, providers, exports: providers.map(({ provide }) => provide) };
}

/** Everything of incidents but Slack: the real database, engine, actions, catalog and rules; people and rooms in memory. */
export class IncidentWorld {
  private constructor(
    readonly database: TestDatabase,
    readonly rooms: RoomsInMemory,
    readonly people: SlackPeople,
    readonly durable: Durable,
    private readonly module: TestingModule,
    private readonly folder: string,
  ) {}

  static async open(): Promise<IncidentWorld> {
    const database = await createTestDatabase({ poolSize: 20 });
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-incidents-'));
    const rooms = new RoomsInMemory();
    const people = new SlackPeople();
    const durable = new Durable({
      databaseUrl: database.url,
      executorId: 'incidents',
      logger: durableLogger(Logger.silent()),
      drainMilliseconds: 2_000,
    });
    const redactor = new Redactor();
    const value = (provide: FactoryProvider['provide'], it: unknown): FactoryProvider => ({
      provide,
      useFactory: () => it,
    });
    const module = await Test.createTestingModule({
      imports: [
        foundations([
          value(Redactor, redactor),
          value(Logger, Logger.silent()),
          value(Metrics, new Metrics()),
          value(DataSource, database.dataSource),
          value(Transactions, database.transactions),
          value(Durable, durable),
          value(Changes, new Changes()),
          value(Notices, new Notices((text) => redactor.value(text))),
          value(Clock, new SystemClock()),
          value(Ids, new RandomIds()),
          value(SlackDirectory, people),
          value(IncidentRoom, rooms),
        ]),
        AuditModule.forRoot({ key: { file: join(folder, 'audit.pem') }, sinkFile: join(folder, 'checkpoints') }),
        SecretsModule.forRoot({
          kind: 'local',
          key: { file: join(folder, 'key') },
          publicUrl: () => 'http://127.0.0.1',
        }),
        OrchestratorModule.forRoot({ postgresUrl: `${database.serverUrl}/postgres` }),
        CatalogModule.forRoot({ catalogDir: 'catalog', runbooksDir: 'runbooks' }),
        IdentityModule.forRoot({ catalogDir: 'catalog' }),
        PolicyModule.forRoot({ catalogDir: 'catalog' }),
        ApprovalsModule,
        ResourcesModule,
        RequestsModule,
        IncidentsModule,
      ],
    })
      .setLogger(new NestLogger(Logger.silent()))
      .compile();
    await module.init();
    await durable.launch();
    return new IncidentWorld(database, rooms, people, durable, module, folder);
  }

  get<T>(type: Type<T> | Abstract<T>): T {
    return this.module.get(type, { strict: false });
  }

  /** By the name in the example catalog: ada and ben of Payments, lea their lead, oli on call, pia of Platform. */
  person(name: string): Promise<Person> {
    return this.get(People).get(`U0${name.toUpperCase()}`);
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.transactions.query<Row>(sql, parameters);
  }

  /** A living production database of Payments, owned by ada, that really exists, with a connection limit of 20. */
  async resource(): Promise<{ id: string; database: string; role: string }> {
    const name = `qm_inc_${randomBytes(5).toString('hex')}`;
    await asAdmin(this.database.serverUrl, async (admin) => {
      await admin.query(`create role ${name} connection limit 20`);
      await admin.query(`create database ${name} owner ${name} connection limit 20`);
    });
    this.made.push(name);
    const id = new RandomIds().next('res');
    const { version, digest } = this.get(Catalog).item('postgres-database');
    await this.database.transactions.run(async (tx) => {
      const item = {
        itemName: 'postgres-database',
        itemVersion: version,
        itemDigest: digest,
        kind: 'postgres-database',
      };
      const whose = { teamId: 'payments', environment: 'production', ownerId: 'U0ADA' };
      const wish = { requestId: null, title: 'orders', parameters: {}, leaseHours: 24, traceId: 'test' };
      await this.get(Resources).register(tx, { id, ...item, ...whose, ...wish });
      await this.get(Resources).activate(tx, id, {
        outputs: { database: name },
        secretRef: null,
        runId: 'run-00000000',
      });
    });
    return { id, database: name, role: name };
  }

  async connectionLimit(database: string): Promise<{ ofDatabase: number; ofRole: number }> {
    return asAdmin(this.database.serverUrl, async (admin) => {
      const { rows } = await admin.query<{ ofDatabase: number; ofRole: number }>(
        `select datconnlimit as "ofDatabase", rolconnlimit as "ofRole"
         from pg_database join pg_roles r on r.oid = datdba where datname = $1`,
        [database],
      );
      return rows[0]!;
    });
  }

  async close(): Promise<void> {
    await this.durable.shutdown();
    await this.module.close();
    await asAdmin(this.database.serverUrl, async (admin) => {
      for (const name of this.made) {
        await admin.query(`drop database if exists ${name} with (force)`);
        await admin.query(`drop role if exists ${name}`);
      }
    });
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private readonly made: string[] = [];
}
