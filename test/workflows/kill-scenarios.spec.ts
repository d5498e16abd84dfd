import { jest } from '@jest/globals';
import { ClusterAndMetrics } from '../builders/cluster-and-metrics.js';
import { FlagsAndMetrics } from '../builders/flags-and-metrics.js';
import { Journey } from '../builders/journey.js';
import { KilledBot } from '../builders/killed-bot.js';

// Each dies some thirty times, and each time a whole bot has to start.
jest.setTimeout(3_600_000);

const TEAM = '#team-payments';

describe('a blue/green service, killed in every step', () => {
  let world: ClusterAndMetrics;
  let bot: KilledBot;
  beforeAll(async () => {
    world = await ClusterAndMetrics.start();
    bot = await KilledBot.start(world.environment);
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  it('ends as if nobody had been killed: no effect twice, nothing left behind', async () => {
    const journey = new Journey(await bot.person('ada'), TEAM);
    const deploy = (image: string, until: RegExp) =>
      journey.operate('shop', {
        button: 'Deploy a version…',
        title: 'Deploy a version',
        fields: { 'param:image': image, 'param:seconds': 0 },
        until,
      });
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
    const afterBirth = [...world.cluster.changes];
    expect(new Set(afterBirth).size).toBe(afterBirth.length);

    await deploy('registry.example.org/shop:1.1.0', /✅ \*Deploy a version\* · done/);
    expect(world.cluster.changes.slice(afterBirth.length)).toEqual([
      'Deployment/shop-green made',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'Deployment/shop-blue removed',
    ]);
    const afterDeploy = world.cluster.changes.length;
    const errors = (): number =>
      JSON.stringify(world.cluster.find('HTTPRoute', 'shop')).includes('"weight":50') ? 7 : 0;
    world.errors = errors;
    await deploy('registry.example.org/shop:1.2.0', /❌ \*Deploy a version\*/);
    expect(world.cluster.changes.slice(afterDeploy)).toEqual([
      'Deployment/shop-blue made',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'HTTPRoute/shop changed',
      'Deployment/shop-blue removed',
    ]);
    await journey.destroy('shop');
    expect(world.cluster.names).toEqual([]);
    const steps = ['metrics', 'beside', 'shift10', 'gate10', 'shift50', 'gate50', 'shift100', 'gate100', 'remove'];
    expect(bot.killedIn.sort()).toEqual(
      [
        ...['apply space', 'apply service', 'destroy space', 'destroy service'],
        ...steps.flatMap((step) => [`operate ${step}`, `destroy ${step}`]),
      ].sort(),
    );
  });
});

describe('a feature flag rollout, killed in every step', () => {
  let world: FlagsAndMetrics;
  let bot: KilledBot;
  beforeAll(async () => {
    world = await FlagsAndMetrics.start();
    bot = await KilledBot.start(world.environment);
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });

  it('gets on and back as if nobody had been killed, and leaves nothing behind', async () => {
    const journey = new Journey(await bot.person('ada'), TEAM);
    const rollOut = (until: RegExp) =>
      journey.operate('basket', { button: 'Roll out…', title: 'Roll out', fields: { 'param:seconds': 1 }, until });
    const wish = { item: 'feature-flag-rollout', title: 'Feature flag rollout', name: 'basket' };
    await journey.request({ ...wish, pages: [world.wish] });
    world.metric = (now) => (now === '50 %' ? 0.5 : 0.01);
    await rollOut(/❌ \*Roll out\*/);
    expect([world.seen, world.serves]).toEqual([['off', '1 %', '10 %', '50 %'], 'off']);
    await journey.destroy('basket', 'basket (development)');
    expect(world.flags).toEqual(world.others);
    const steps = ['metrics', ...[1, 10, 50].flatMap((part) => [`to${part}`, `wait${part}`, `gate${part}`])];
    expect(bot.killedIn.sort()).toEqual(
      ['apply flag', 'destroy flag', ...steps.map((step) => `operate ${step}`)].sort(),
    );
  });
});
