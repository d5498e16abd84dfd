import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { ClusterAndMetrics } from '../builders/cluster-and-metrics.js';
import { asAdmin } from '../builders/database.js';
import { Journey } from '../builders/journey.js';

jest.setTimeout(180_000);

const DATABASE = 'payments_development_receipts';
const SPACE = 'payments-development-receipts';

describe('an event function, from its slash command to its teardown', () => {
  let world: ClusterAndMetrics;
  let bot: BotOnPlayground;
  let journey: Journey;
  beforeAll(async () => {
    world = await ClusterAndMetrics.start();
    bot = await BotOnPlayground.start('http', world.environment);
    journey = new Journey(await bot.person('ada'), '#team-payments');
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  const onServer = (sql: string): Promise<unknown[]> =>
    asAdmin(bot.database.serverUrl, async (admin) => (await admin.query(sql, [DATABASE])).rows as unknown[]);

  it('is made with its runtime, its subscription, its dashboard, and a password that works', async () => {
    await journey.request({
      item: 'event-function',
      title: 'Event function',
      name: 'receipts',
      pages: [
        {
          'param:name': 'receipts',
          'param:runtime': 'python',
          'param:code': 'registry.example.org/receipts:1.0.0',
          'param:source': 'kafka',
          'param:topic': 'orders.paid',
          'param:cluster': 'staging',
          environment: 'development',
        },
      ],
    });
    expect(world.cluster.find('ConfigMap', 'receipts-subscription')).toMatchObject({
      data: { source: 'kafka', topic: 'orders.paid', deliverTo: `http://receipts.${SPACE}.svc/` },
    });
    const dashboard = world.cluster.find('ConfigMap', 'receipts-dashboard') as { data: Record<string, string> };
    expect(JSON.parse(dashboard.data['dashboard.json'] ?? '')).toMatchObject({ uid: SPACE, panels: [{}, {}] });
    const { data } = world.cluster.find('Secret', 'database') as { data: { PGPASSWORD: string } };
    const password = Buffer.from(data.PGPASSWORD, 'base64').toString();
    expect(password.length).toBeGreaterThan(20);
    expect(JSON.stringify(world.cluster.find('Deployment', 'receipts'))).not.toContain(password);
    expect(await onServer('select datname from pg_database where datname = $1')).toHaveLength(1);
    expect(JSON.stringify((await bot.person('ada')).screen)).not.toContain(password);
  });

  it('is taken away, and leaves neither objects nor database nor role', async () => {
    await journey.destroy('receipts');
    expect(world.cluster.names).toEqual([]);
    expect(await onServer('select datname from pg_database where datname = $1')).toEqual([]);
    expect(await onServer('select rolname from pg_roles where rolname = $1')).toEqual([]);
  });
});
