import { jest } from '@jest/globals';
import type { JsonObject } from '../../src/shared/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { ClusterAndMetrics } from '../builders/cluster-and-metrics.js';
import { Journey } from '../builders/journey.js';
import { wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const SPACE = 'payments-development-shop';

describe('a blue/green service, from its slash command to its teardown', () => {
  let world: ClusterAndMetrics;
  let bot: BotOnPlayground;
  let journey: Journey;
  beforeAll(async () => {
    world = await ClusterAndMetrics.start();
    bot = await BotOnPlayground.start('http', world.environment);
    journey = new Journey(await bot.person('ada'), TEAM);
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  const weights = (): unknown[] => {
    const { spec } = world.cluster.find('HTTPRoute', 'shop') as { spec: { rules: [{ backendRefs: JsonObject[] }] } };
    return spec.rules[0].backendRefs.map(({ name, weight }) => [name, weight]);
  };
  const deploy = (image: string, until: RegExp) =>
    journey.operate('shop', {
      button: 'Deploy a version…',
      title: 'Deploy a version',
      fields: { 'param:image': image, 'param:seconds': 0 },
      until,
    });

  it('is made: a namespace, the first colour, and a route that gives it everything', async () => {
    await journey.request({
      item: 'blue-green-service',
      title: 'Blue/green service',
      name: 'shop',
      pages: [
        {
          'param:name': 'shop',
          'param:image': 'registry.example.org/shop:1.0.0',
          'param:host': 'shop.example.org',
          'param:cluster': 'staging',
          'param:gateway': 'gateways/public',
          'param:prometheus': world.prometheus.url,
          environment: 'development',
        },
      ],
    });
    expect(world.cluster.names).toContain(`${SPACE}/Deployment/shop-blue`);
    expect(weights()).toEqual([
      ['shop-blue', 100],
      ['shop-green', 0],
    ]);
  });

  it('goes back by itself when the metrics are bad with half of the traffic', async () => {
    const before = world.cluster.names;
    const seen = new Set<string>();
    world.errors = () => {
      seen.add(JSON.stringify(weights()));
      return seen.size < 3 ? 0 : 7;
    };
    const card = await deploy('registry.example.org/shop:1.1.0', /❌/);
    expect(wholeText(card)).toMatch(/does not hold.* is 7\..*What it had changed was undone/s);
    expect([...seen].at(-1)).toBe('[["shop-blue",50],["shop-green",50]]');
    expect(weights()).toEqual([
      ['shop-blue', 100],
      ['shop-green', 0],
    ]);
    expect(world.cluster.names).toEqual(before);
  });

  it('shifts the traffic in steps while all is well, and takes the former colour away', async () => {
    const seen = new Set<string>();
    world.errors = (query) => {
      expect(query).toContain('service="shop-green"');
      seen.add(JSON.stringify(weights()));
      // Another value at every look: what the plan found is not what was agreed to.
      return Math.random() / 2;
    };
    await deploy('registry.example.org/shop:1.1.0', /✅ \*Deploy a version\* · done/);
    // The first look is the one of the plan.
    expect([...seen]).toEqual([0, 10, 50, 100].map((part) => `[["shop-blue",${100 - part}],["shop-green",${part}]]`));
    expect(world.cluster.find('Deployment', 'shop-blue')).toBeUndefined();
    expect(world.cluster.find('Deployment', 'shop-green')).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'registry.example.org/shop:1.1.0' }] } } },
    });
  });

  it('knows which colour lives: the next version is blue again', async () => {
    world.errors = () => 0;
    await deploy('registry.example.org/shop:1.2.0', /image `registry.example.org\/shop:1.2.0`/);
    expect(weights()).toEqual([
      ['shop-blue', 100],
      ['shop-green', 0],
    ]);
    expect(world.cluster.find('Deployment', 'shop-green')).toBeUndefined();
  });

  it('is taken away, and leaves nothing behind', async () => {
    await journey.destroy('shop');
    expect(world.cluster.names).toEqual([]);
  });
});
