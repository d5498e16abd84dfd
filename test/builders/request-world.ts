import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Abstract, type DynamicModule, type FactoryProvider, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ApprovalsModule } from '../../src/approvals/index.js';
import { Audit, type AuditRecord } from '../../src/audit/index.js';
import { ActionCatalog, Catalog, CatalogModule } from '../../src/catalog/index.js';
import { IdentityModule, People, type Person, SlackDirectory } from '../../src/identity/index.js';
import { Metrics } from '../../src/observability/index.js';
import { OptionLookups, OptionsModule } from '../../src/options/index.js';
import { OwnershipModule } from '../../src/ownership/index.js';
import { Changes, Notices, type SubjectRef } from '../../src/platform/changes/index.js';
import { Transactions } from '../../src/platform/database/index.js';
import { Durable } from '../../src/platform/durable/index.js';
import { Logger, NestLogger } from '../../src/platform/logging/index.js';
import { PolicyModule } from '../../src/policy/index.js';
import { QuotasModule } from '../../src/quotas/index.js';
import { Planner, RequestsModule, RunControl, type Submission } from '../../src/requests/index.js';
import { type Resource, Resources, ResourcesModule } from '../../src/resources/index.js';
import { Redactor, SecretIntakes } from '../../src/secrets/index.js';
import { Clock, Ids, RandomIds, SystemClock } from '../../src/shared/index.js';
import { KnownActions } from '../fakes/known-actions.js';
import { noIntakes } from '../fakes/no-intakes.js';
import { NoRuns } from '../fakes/no-runs.js';
import { RecordingDurable } from '../fakes/recorded-work.js';
import { SlackPeople } from '../fakes/slack-people.js';
import { ToldLookups } from '../fakes/told-lookups.js';
import { ToldPlanner } from '../fakes/told-planner.js';
import { createTestDatabase, type TestDatabase } from './database.js';

@Module({})
class Platform {}

const EXAMPLE_LEADS = 'leads: { emails: [lea@quartermaster.test] }';
/** Leads of Payments besides lea. */
const MORE_LEADS = ['lou', 'lin', 'lex'];

/**
 * Requests, approvals and resources on a real database with the real rules and catalog; what is enqueued is recorded, not run.
 * People are `ada` and `ben` of Payments, its leads `lea`, `lou`, `lin` and `lex`, `sam` of Security, `oli` and `pia` of Platform.
 */
export class RequestWorld {
  private constructor(
    readonly database: TestDatabase,
    readonly people: SlackPeople,
    readonly durable: RecordingDurable,
    readonly planner: ToldPlanner,
    readonly redactor: Redactor,
    private readonly module: TestingModule,
    private readonly folder: string,
  ) {}

  /** `change` may edit the copy of the catalog before it is read. */
  static async open(change?: (catalogDir: string) => Promise<void>): Promise<RequestWorld> {
    const database = await createTestDatabase({ poolSize: 20 });
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-requests-'));
    const catalogDir = await catalogWithMoreLeads(folder);
    await change?.(catalogDir);
    const people = new SlackPeople(['ada', 'ben', 'lea', 'sam', 'oli', 'pia', ...MORE_LEADS]);
    const durable = await RecordingDurable.on(database.transactions);
    const [planner, redactor, lookups] = [new ToldPlanner(), new Redactor(), new ToldLookups()];
    const [changes, ids] = [new Changes(), new RandomIds()];
    const module = await Test.createTestingModule({
      imports: [
        globals([
          value(Redactor, redactor),
          value(Logger, Logger.silent()),
          value(Metrics, new Metrics()),
          value(Transactions, database.transactions),
          value(Durable, durable),
          value(Changes, changes),
          value(Notices, new Notices((text) => redactor.value(text))),
          value(Clock, new SystemClock()),
          value(Ids, ids),
          value(SlackDirectory, people),
          value(ActionCatalog, new KnownActions()),
          value(Planner, planner),
          value(RunControl, new NoRuns()),
          value(SecretIntakes, noIntakes(database.transactions)),
          value(OptionLookups, lookups),
          value(Audit, new Audit(database.transactions, changes, ids, redactor)),
        ]),
        CatalogModule.forRoot({ catalogDir, runbooksDir: 'runbooks' }),
        IdentityModule.forRoot({ catalogDir }),
        QuotasModule.forRoot({ catalogDir }),
        PolicyModule.forRoot({ catalogDir }),
        ApprovalsModule,
        ResourcesModule,
        OwnershipModule,
        OptionsModule.forRoot({ httpAllowedHosts: [] }),
        RequestsModule,
      ],
    })
      .setLogger(new NestLogger(Logger.silent()))
      .compile();
    return new RequestWorld(database, people, durable, planner, redactor, module, folder);
  }

  get<T>(type: Type<T> | Abstract<T>): T {
    return this.module.get(type, { strict: false });
  }

  person(name: string): Promise<Person> {
    return this.get(People).get(idOf(name));
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.transactions.query<Row>(sql, parameters);
  }

  /** The types on a subject's trail, oldest first. */
  async trail(subject: SubjectRef): Promise<string[]> {
    return (await this.records(subject)).map((record) => record.type);
  }

  records(subject: SubjectRef): Promise<AuditRecord[]> {
    return this.get(Audit).trail(subject);
  }

  /** Templates of the notices about this id. */
  async notices(id: string): Promise<string[]> {
    const rows = await this.query<{ template: string }>(
      `select template from notices where data ->> 'resourceId' = $1 or data ->> 'requestId' = $1 order by id`,
      [id],
    );
    return rows.map((row) => row.template);
  }

  /** A demo service of Payments, as `who` would ask for it. */
  async wish(who: string, environment: string, change: Partial<Submission> = {}): Promise<Submission> {
    return {
      person: await this.person(who),
      itemName: 'demo-service',
      teamId: 'payments',
      environment,
      parameters: { name: 'hello' },
      reason: 'a test',
      leaseHours: 4,
      idempotencyKey: unique(),
      traceId: 'trc-test',
      originChannelId: null,
      ...change,
    };
  }

  /** A living demo service of Payments in development, owned by ada, with a lease of 8 hours of at most 24. */
  async resource(change: { title?: string; name?: string; environment?: string } = {}): Promise<Resource> {
    const id = new RandomIds().next('res');
    const { name: itemName, version: itemVersion, digest: itemDigest } = this.get(Catalog).item('demo-service');
    await this.database.transactions.run(async (tx) => {
      await this.get(Resources).register(tx, {
        id,
        requestId: null,
        identity: null,
        kind: 'demo-service',
        title: change.title ?? `Demo ${id}`,
        itemName,
        itemVersion,
        itemDigest,
        teamId: 'payments',
        environment: change.environment ?? 'development',
        ownerId: idOf('ada'),
        parameters: { name: change.name ?? id },
        leaseHours: 8,
        traceId: 'trc-test',
      });
      const made = { outputs: { address: `${id}.test` }, secretRef: 'kv:demo#1', runId: 'run-00000000' };
      await this.get(Resources).activate(tx, id, made);
    });
    return this.get(Resources).get(id);
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Slack user id of a person by name. */
export function idOf(name: string): string {
  return `U0${name.toUpperCase()}`;
}

export function unique(): string {
  return `t${randomBytes(6).toString('hex')}`;
}

/** Lets other work go first, a different number of times for each seed. */
export async function jitter(seed: number): Promise<void> {
  for (let turn = 0; turn < seed % 7; turn += 1) await new Promise((next) => setImmediate(next));
}

function value(provide: FactoryProvider['provide'], it: unknown): FactoryProvider {
  return { provide, useFactory: () => it };
}

function globals(providers: FactoryProvider[]): DynamicModule {
  return { module: Platform, global: true, providers, exports: providers.map(({ provide }) => provide) };
}

async function catalogWithMoreLeads(folder: string): Promise<string> {
  const catalogDir = join(folder, 'catalog');
  await cp('catalog', catalogDir, { recursive: true });
  const file = join(catalogDir, 'access.yaml');
  const source = await readFile(file, 'utf8');
  if (!source.includes(EXAMPLE_LEADS)) throw new Error(`${file} does not name the leads of Payments as expected.`);
  const emails = ['lea', ...MORE_LEADS].map((name) => `${name}@quartermaster.test`).join(', ');
  await writeFile(file, source.replace(EXAMPLE_LEADS, `leads: { emails: [${emails}] }`));
  return catalogDir;
}
