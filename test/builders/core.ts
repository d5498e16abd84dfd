import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { parseEnv } from '../../src/config/index.js';
import { CoreModule } from '../../src/core.module.js';
import type { Foundations } from '../../src/foundations.js';
import { People, type Person, SlackDirectory } from '../../src/identity/index.js';
import { IncidentRoom } from '../../src/incidents/index.js';
import { Metrics } from '../../src/observability/index.js';
import { Durable, durableLogger } from '../../src/platform/durable/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { RoomsInMemory } from '../fakes/rooms-in-memory.js';
import { SlackPeople } from '../fakes/slack-people.js';
import { createTestDatabase, type TestDatabase } from './database.js';

@Module({})
class FakeSlackModule {
  static with(people: SlackPeople, rooms: IncidentRoom): DynamicModule {
    return {
      module: FakeSlackModule,
      global: true,
      providers: [
        { provide: SlackDirectory, useValue: people },
        { provide: IncidentRoom, useValue: rooms },
      ],
      exports: [SlackDirectory, IncidentRoom],
    };
  }
}

@Module({})
class RootModule {}

/** The whole product but its face, on a real database and the real engine. People are `U0ADA`, `U0LEA` … */
export class Core {
  private constructor(
    readonly app: INestApplicationContext,
    readonly database: TestDatabase,
    readonly people: SlackPeople,
    readonly rooms: RoomsInMemory,
    readonly durable: Durable,
    private readonly folder: string,
  ) {}

  /** `more`: environment variables besides the usual ones. */
  static async start(more: Readonly<Record<string, string>> = {}): Promise<Core> {
    const database = await createTestDatabase({ poolSize: 20 });
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-core-'));
    const env = parseEnv({ NODE_ENV: 'test', DATA_DIR: folder, DATABASE_URL: database.url, ...more });
    const redactor = new Redactor();
    const logger = Logger.silent();
    const durable = new Durable({
      databaseUrl: database.url,
      executorId: 'core',
      logger: durableLogger(logger),
      drainMilliseconds: 5_000,
    });
    const foundations: Foundations = {
      env,
      redactor,
      logger,
      metrics: new Metrics(),
      dataSource: database.dataSource,
      durable,
      provisionPostgresUrl: `${database.serverUrl}/postgres`,
      embedded: null,
      publicUrl: 'http://127.0.0.1:1',
    };
    const [people, rooms] = [new SlackPeople(), new RoomsInMemory()];
    const module = {
      module: RootModule,
      imports: [FakeSlackModule.with(people, rooms), CoreModule.forRoot(foundations)],
    };
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    await durable.launch();
    return new Core(app, database, people, rooms, durable, folder);
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(type, { strict: false });
  }

  person(name: string): Promise<Person> {
    return this.get(People).get(`U0${name.toUpperCase()}`);
  }

  /** Asks again until it is so. Fails with the last answer when the test's own time is up. */
  async until<T>(look: () => Promise<T>, isSo: (value: T) => boolean, tries = 600): Promise<T> {
    for (let n = 1; ; n += 1) {
      const value = await look();
      if (isSo(value)) return value;
      if (n >= tries) throw new Error(`It never came true; last seen: ${JSON.stringify(value).slice(0, 2000)}`);
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }

  async stop(): Promise<void> {
    await this.durable.shutdown();
    await this.app.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
