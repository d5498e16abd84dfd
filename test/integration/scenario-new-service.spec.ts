import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BareRepository } from '../builders/bare-repository.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { asAdmin } from '../builders/database.js';
import { EnvironmentWorld } from '../builders/environment-world.js';
import { Journey } from '../builders/journey.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';

describe('a new service from a template, from its slash command to its teardown', () => {
  let world: EnvironmentWorld;
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let folder: string;
  let operations: BareRepository;
  let before: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-service-'));
    operations = new BareRepository(folder, 'operations');
    operations.commit({ 'on-call/ledger.yaml': 'service: ledger\n' });
    before = operations.git('rev-parse', 'main^{tree}');
    world = await EnvironmentWorld.start();
    bot = await BotOnPlayground.start('http', {
      ...world.environment,
      GIT_REPOSITORIES: operations.path,
      GIT_REPOSITORIES_DIR: join(folder, 'new'),
      GIT_REPOSITORIES_URL: 'https://git.example.org',
    });
    ada = await bot.person('ada');
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has a repository with its pipeline, a database, a dashboard, a runbook and somebody on call', async () => {
    const card = await new Journey(ada, TEAM).request({
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
    expect(wholeText(card)).toContain('https://git.example.org/payments-invoices.git');
    const repository = new BareRepository(join(folder, 'seen'), 'unused');
    const files = repository.git(
      '--git-dir',
      join(folder, 'new', 'payments-invoices.git'),
      'ls-tree',
      '-r',
      '--name-only',
      'main',
    );
    expect(files.split('\n')).toEqual([
      '.github/workflows/build.yaml',
      'Dockerfile',
      'README.md',
      'package.json',
      'server.js',
    ]);
    const readme = repository.git('--git-dir', join(folder, 'new', 'payments-invoices.git'), 'show', 'main:README.md');
    expect(readme).toContain('# invoices\n\nSends invoices to customers.');
    const [dashboard] = [...world.grafana.dashboards.keys()];
    expect(operations.files()).toEqual({
      'on-call/ledger.yaml': 'service: ledger',
      'on-call/invoices.yaml': expect.stringContaining(`slackUser: ${ada.id}`),
      'runbooks/invoices.md': expect.stringContaining(`/d/${dashboard ?? ''}`),
    });
    expect(await databases()).toBe(1);
    const channel = ada.channel('svc-invoices');
    expect(channel).toMatchObject({
      topic: 'invoices of payments',
      bookmarks: [{ title: 'Repository', link: 'https://git.example.org/payments-invoices.git' }],
    });
    expect(channel?.memberIds).toEqual(expect.arrayContaining(['U0ADA0001', 'U0BEN0002', 'U0LEA0003']));
  });

  it('is taken away: what others keep in the repository of operations stays', async () => {
    const channel = ada.channel('svc-invoices');
    await new Journey(ada, TEAM).destroy('invoices');
    // Its name is free again, and who was in it can read on.
    expect(ada.channel('svc-invoices')).toBeUndefined();
    expect(ada.channel(channel?.id ?? '')).toMatchObject({ isArchived: true });
    expect(ada.channel(channel?.id ?? '')?.memberIds).toContain(ada.id);
    expect(world.things).toEqual([]);
    expect(await databases()).toBe(0);
    expect(operations.git('rev-parse', 'main^{tree}')).toBe(before);
    expect(existsSync(join(folder, 'new')) ? await readdir(join(folder, 'new')) : []).toEqual([]);
  });

  const databases = () =>
    asAdmin(bot.database.serverUrl, async (admin) => {
      const name = 'payments_development_invoices';
      return (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount;
    });
});
