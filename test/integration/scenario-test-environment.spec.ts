import { jest } from '@jest/globals';
import type { JsonObject } from '../../src/shared/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { asAdmin } from '../builders/database.js';
import { EnvironmentWorld } from '../builders/environment-world.js';
import { Journey } from '../builders/journey.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const SPACE = 'payments-development-checkout';
const DATABASE = 'payments_development_checkout_test';

describe('a test environment, from its slash command to the end of its lease', () => {
  let world: EnvironmentWorld;
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  beforeAll(async () => {
    world = await EnvironmentWorld.start();
    bot = await BotOnPlayground.start('http', world.environment);
    ada = await bot.person('ada');
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  const databases = () =>
    asAdmin(bot.database.serverUrl, async (admin) => {
      const found = await admin.query(
        `select datname as name from pg_database where datname = $1 union all select rolname from pg_roles where rolname = $1`,
        [DATABASE],
      );
      return found.rowCount;
    });

  it('is made in one request: namespace, database, its login in the namespace, dashboard', async () => {
    const card = await new Journey(ada, TEAM).request({
      item: 'test-environment',
      title: 'Test environment',
      name: 'checkout',
      pages: [
        {
          'param:name': 'checkout',
          'param:cluster': 'staging',
          'param:grafana': world.grafana.server.url,
          environment: 'development',
          lease: '2',
        },
      ],
    });
    expect(wholeText(card)).toContain(SPACE);
    expect(world.cluster.find('ResourceQuota', 'quartermaster')).toMatchObject({
      spec: { hard: { 'limits.cpu': '1', 'limits.memory': '2Gi' } },
    });
    const { data } = world.cluster.find('Secret', 'database') as { data: Record<string, string> };
    const url = Buffer.from(data.DATABASE_URL ?? '', 'base64').toString();
    expect(
      await asAdmin(
        url.replace(/\/[^/]*$/, ''),
        async (login) => (await login.query('select 1 as one')).rows,
        DATABASE,
      ),
    ).toEqual([{ one: 1 }]);
    expect(JSON.stringify(ada.messages(TEAM))).not.toContain(
      Buffer.from(data.DATABASE_PASSWORD ?? '', 'base64').toString(),
    );
    const [dashboard] = [...world.grafana.dashboards.values()] as { dashboard: JsonObject }[];
    expect(JSON.stringify(dashboard)).toContain(`namespace=\\"${SPACE}\\"`);
    expect(await databases()).toBe(2);
  });

  it('goes when its window is over, and its owner is told what it cost', async () => {
    await bot.database.transactions.query(
      `update cost_commitments set started_at = now() - interval '2 hours' where state = 'running'`,
    );
    await bot.database.transactions.query(
      `update resources set lease_ends_at = now() - interval '1 second' where state = 'active'`,
    );
    await ada.waitFor(
      (me) =>
        me.messages(TEAM).find((one) => one.text.startsWith('Destroyed') && wholeText(one).includes('Its lease ended')),
      'the card destroyed',
    );
    const told = await ada.waitFor(
      (me) => me.messages(me.botDm()?.id ?? '').find((one) => wholeText(one).includes('is gone, with its credentials')),
      'the message about its end',
    );
    // 0.05 + 0.04 an hour, and two hours of the database.
    expect(wholeText(told)).toMatch(/It cost 0\.2\d € in all\. Its lease ended\. /);
    expect(world.things).toEqual([]);
    expect(await databases()).toBe(0);
  });
});
