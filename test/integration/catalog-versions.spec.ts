import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { Global, Logger, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ActionCatalog, Catalog, CatalogModule } from '../../src/catalog/index.js';
import { IdentityModule, OnCall, People, SlackDirectory } from '../../src/identity/index.js';
import { Metrics } from '../../src/observability/index.js';
import { Transactions } from '../../src/platform/database/index.js';
import { Policy, PolicyModule } from '../../src/policy/index.js';
import { Clock, SystemClock } from '../../src/shared/index.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { KnownActions } from '../fakes/known-actions.js';
import { SlackPeople } from '../fakes/slack-people.js';

let database: TestDatabase;
let catalogDir: string;
let started: TestingModule[] = [];

/** Starts the three parts as the application does, on the real database. */
async function start(): Promise<TestingModule> {
  const values = [
    { provide: Transactions, useValue: database.transactions },
    { provide: Clock, useValue: new SystemClock() },
    { provide: Metrics, useValue: new Metrics() },
    { provide: ActionCatalog, useValue: new KnownActions() },
    { provide: SlackDirectory, useValue: new SlackPeople() },
  ];
  @Global()
  @Module({ providers: values, exports: values.map(({ provide }) => provide) })
  class Surroundings {}
  const parts = [
    Surroundings,
    PolicyModule.forRoot({ catalogDir }),
    IdentityModule.forRoot({ catalogDir }),
    CatalogModule.forRoot({ catalogDir, runbooksDir: 'runbooks' }),
  ];
  const module = await Test.createTestingModule({ imports: parts }).compile();
  await module.init();
  started.push(module);
  return module;
}

const itemFile = (): string => join(catalogDir, 'items', 'demo-service.yaml');
const edit = (file: string, from: string, to: string): void => {
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
};

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  catalogDir = mkdtempSync(join(tmpdir(), 'catalog-'));
  cpSync('catalog', catalogDir, { recursive: true });
  await database.dataSource.query('delete from catalog_versions');
});
afterEach(async () => {
  await Promise.all(started.map((module) => module.close()));
  started = [];
  rmSync(catalogDir, { recursive: true });
});

/** What is shipped: each file has the name of what is in it. */
function named(folder: string): string[] {
  return readdirSync(folder)
    .map((file) => parse(file).name)
    .sort();
}

it('gives whoever asks a catalog, a policy and people that are loaded', async () => {
  const app = await start();
  expect(app.get(Catalog).problems()).toEqual([]);
  expect(app.get(Policy).problems()).toEqual([]);
  const ada = await app.get(People).get('U0ADA');
  expect(
    app
      .get(Policy)
      .teamsOf(ada)
      .map(({ id }) => id),
  ).toEqual(['payments']);
  expect((await app.get(OnCall).current()).name).toBe('oli');
});

it('keeps one row for each version, however often and by however many replicas it is loaded', async () => {
  await Promise.all([start(), start(), start()]);
  await start();
  const rows = await database.transactions.query<{ kind: string; names: string[]; versions: number }>(
    `select kind, array_agg(name order by name) as names, count(*)::integer as versions from catalog_versions
     where kind in ('item', 'runbook', 'access') group by kind order by kind`,
  );
  const items = named('catalog/items');
  const runbooks = named('runbooks');
  expect(rows).toEqual([
    { kind: 'access', names: ['access'], versions: 1 },
    { kind: 'item', names: items, versions: items.length },
    { kind: 'runbook', names: runbooks, versions: runbooks.length },
  ]);
});

it('finds an old version by its digest after the file has changed and the bot was started again', async () => {
  const old = (await start()).get(Catalog).item('demo-service');
  edit(itemFile(), 'version: 1.1.0', 'version: 2.0.0');
  const catalog = (await start()).get(Catalog);
  expect(catalog.item('demo-service').version).toBe('2.0.0');
  const found = await catalog.findVersion('demo-service', old.digest);
  expect(found).toEqual(old);
  // The order of the form is part of the version.
  expect(Object.keys(found?.parameters.properties ?? {})).toEqual(Object.keys(old.parameters.properties));
  expect(await catalog.findVersion('demo-service', 'sha256:0')).toBeNull();
});

it('goes on with the newest version when a file goes back to an old number, and when it is broken', async () => {
  await start();
  edit(itemFile(), 'version: 1.1.0', 'version: 2.0.0');
  await start();
  edit(itemFile(), 'version: 2.0.0', 'version: 1.1.0');
  const back = (await start()).get(Catalog);
  expect(back.item('demo-service').version).toBe('2.0.0');
  expect(back.problems().map(({ message }) => message)).toEqual([
    expect.stringContaining('2.0.0'),
    'demo-service 2.0.0, the last good version, stays in use',
  ]);
  edit(itemFile(), 'name: demo-service', 'name: [');
  const catalog = (await start()).get(Catalog);
  expect(catalog.item('demo-service').version).toBe('2.0.0');
  expect(readFileSync(join(catalogDir, 'items/postgres-database.yaml'), 'utf8')).toContain(
    `\nversion: ${catalog.item('postgres-database').version}\n`,
  );
});

it('starts with the last good access rules when access.yaml is broken, and denies everything on a new machine', async () => {
  edit(join(catalogDir, 'access.yaml'), 'teams:', 'teams: nobody #');
  const fresh = await start();
  expect(fresh.get(Policy).teams()).toEqual([]);
  cpSync('catalog/access.yaml', join(catalogDir, 'access.yaml'));
  await start();
  edit(join(catalogDir, 'access.yaml'), 'teams:', 'teams: nobody #');
  const later = await start();
  expect(
    later
      .get(Policy)
      .teams()
      .map(({ id }) => id),
  ).toEqual(['payments', 'platform', 'security']);
  expect(later.get(Policy).problems()).not.toEqual([]);
});
