import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BareRepository } from '../builders/bare-repository.js';
import { asAdmin } from '../builders/database.js';
import { EnvironmentWorld } from '../builders/environment-world.js';
import { startInstalledPostgres } from '../builders/installed-postgres.js';
import { Journey } from '../builders/journey.js';
import { KilledBot } from '../builders/killed-bot.js';

// Each dies some twenty times or more, and each time a whole bot has to start.
jest.setTimeout(900_000);

const TEAM = '#team-payments';
const folder = await mkdtemp(join(tmpdir(), 'quartermaster-killed-'));
// Without a server of the machine's own it says aloud that backups are left out.
const installed = await startInstalledPostgres();
afterAll(async () => {
  await installed?.stop();
  await rm(folder, { recursive: true, force: true });
});

function inEach(steps: readonly string[], ...kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => steps.map((step) => `${kind} ${step}`));
}

const names = (serverUrl: string, word: string) =>
  asAdmin(serverUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select 'database ' || datname as name from pg_database where datname ~ $1 or datname ~ '^qm_making'
       union all select 'role ' || rolname from pg_roles where rolname ~ $1 order by 1`,
      [word],
    );
    return rows.map(({ name }) => name);
  });

for (const server of installed === null ? [] : [installed])
  describe('a managed database and its restore drill, killed in every step', () => {
    const backups = join(folder, 'backups');
    let bot: KilledBot;
    beforeAll(async () => {
      bot = await KilledBot.start({ PROVISION_POSTGRES_URL: `${server.url}/postgres`, POSTGRES_BACKUP_DIR: backups });
    });
    afterAll(() => bot.stop());

    it('end as if nobody had been killed: one backup, no copy left, nothing behind', async () => {
      const journey = new Journey(await bot.person('ada'), TEAM);
      await journey.request({
        item: 'managed-database',
        title: 'Managed database',
        name: 'ledger',
        pages: [{ 'param:name': 'ledger', environment: 'development' }],
      });
      const made = ['database payments_development_ledger', 'role payments_development_ledger'];
      expect(await names(server.url, 'ledger')).toEqual(made);
      expect(readdirSync(backups)).toHaveLength(1);
      await journey.operate('ledger', {
        button: 'Restore drill…',
        title: 'Restore drill',
        fields: null,
        until: /✅ \*Restore drill\* · done/,
      });
      expect(await names(server.url, 'ledger')).toEqual(made);
      expect(readdirSync(backups)).toHaveLength(1);
      await journey.destroy('ledger');
      expect(await names(server.url, 'ledger')).toEqual([]);
      expect(readdirSync(backups)).toEqual([]);
      const [steps, drill] = [
        ['role', 'database', 'check', 'backup'],
        ['restore', 'login', 'size', 'remove'],
      ];
      expect(bot.killedIn.sort()).toEqual(
        [...inEach(steps, 'apply', 'destroy'), ...inEach(drill, 'operate', 'destroy')].sort(),
      );
    });
  });

describe('a test environment, killed in every step', () => {
  let world: EnvironmentWorld;
  let bot: KilledBot;
  beforeAll(async () => {
    world = await EnvironmentWorld.start();
    bot = await KilledBot.start(world.environment);
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  it('ends as if nobody had been killed: each thing made once, removed once, nothing left', async () => {
    const journey = new Journey(await bot.person('ada'), TEAM);
    await journey.request({
      item: 'test-environment',
      title: 'Test environment',
      name: 'checkout',
      pages: [
        {
          'param:name': 'checkout',
          'param:cluster': 'staging',
          'param:grafana': world.grafana.server.url,
          environment: 'development',
        },
      ],
    });
    expect(new Set(world.cluster.changes).size).toBe(world.cluster.changes.length);
    expect([world.grafana.folders.size, world.grafana.dashboards.size]).toEqual([1, 1]);
    expect(await names(bot.database.serverUrl, 'checkout')).toHaveLength(2);
    await journey.destroy('checkout');
    expect(world.things).toEqual([]);
    expect(await names(bot.database.serverUrl, 'checkout')).toEqual([]);
    expect(new Set(world.cluster.changes).size).toBe(world.cluster.changes.length);
    const steps = ['space', 'role', 'database', 'secrets', 'folder', 'dashboard'];
    expect(bot.killedIn.sort()).toEqual(inEach(steps, 'apply', 'destroy').sort());
  });
});

describe('a new service, killed in every step', () => {
  const created = join(folder, 'new');
  const operations = new BareRepository(folder, 'operations');
  let world: EnvironmentWorld;
  let bot: KilledBot;
  beforeAll(async () => {
    operations.commit({ 'README.md': 'Operations\n' }, 'Begin');
    world = await EnvironmentWorld.start();
    bot = await KilledBot.start({
      ...world.environment,
      GIT_REPOSITORIES: operations.path,
      GIT_REPOSITORIES_DIR: created,
      GIT_REPOSITORIES_URL: 'https://git.example.org',
    });
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  it('ends as if nobody had been killed: each commit once, taken back once, nothing left', async () => {
    const ada = await bot.person('ada');
    const journey = new Journey(ada, TEAM);
    const before = operations.git('rev-parse', 'main^{tree}');
    await journey.request({
      item: 'new-service',
      title: 'New service',
      name: 'invoices',
      pages: [
        {
          'param:name': 'invoices',
          'param:purpose': 'Sends invoices to customers.',
          'param:onCall': ada.id,
          'param:grafana': world.grafana.server.url,
          'param:operations': operations.path,
          'param:channel': 'svc-invoices',
          environment: 'development',
        },
      ],
    });
    expect(readdirSync(created)).toEqual(['payments-invoices.git']);
    expect(operations.git('--git-dir', join(created, 'payments-invoices.git'), 'log', '--format=%s', 'main')).toBe(
      'A first version of invoices',
    );
    expect(operations.subjects()).toEqual(['Runbook and on-call entry of invoices', 'Begin']);
    expect([world.grafana.folders.size, world.grafana.dashboards.size]).toEqual([1, 1]);
    expect(await names(bot.database.serverUrl, 'invoices')).toHaveLength(2);
    const channel = ada.channel('svc-invoices');
    expect(channel?.bookmarks.map(({ title }) => title)).toEqual(['Repository']);
    expect(channel?.memberIds.filter((id, at, all) => all.indexOf(id) !== at)).toEqual([]);
    expect(ada.screen.channels.filter(({ name }) => /^(svc|qm)-/.test(name))).toEqual([channel]);
    await journey.destroy('invoices');
    const left = ada.screen.channels.filter(({ name }) => /^(svc|qm)-/.test(name));
    expect(left).toMatchObject([{ id: channel?.id, isArchived: true, bookmarks: [] }]);
    expect(operations.subjects()).toHaveLength(3);
    expect(operations.git('rev-parse', 'main^{tree}')).toBe(before);
    expect(existsSync(created) ? readdirSync(created) : []).toEqual([]);
    expect(world.things).toEqual([]);
    expect(await names(bot.database.serverUrl, 'invoices')).toEqual([]);
    const steps = [
      'repository',
      'code',
      'role',
      'database',
      'folder',
      'dashboard',
      'operations',
      'channel',
      'people',
      'link',
    ];
    expect(bot.killedIn.sort()).toEqual(inEach(steps, 'apply', 'destroy').sort());
  });
});
