import type { Scenario } from './scenario.js';

const ROLLOUT = ['metrics', ...[1, 10, 50, 100].flatMap((part) => [`to${part}`, `wait${part}`, `gate${part}`])];

export const featureFlagRollout: Scenario = {
  title: 'a feature flag rollout: back by itself at a bad metric, then to everybody',
  name: 'basket',
  steps: { apply: ['flag'], operate: ROLLOUT, destroy: ['flag', ...ROLLOUT] },
  async play({ world: { flags: world }, journey }) {
    const rollOut = (until: RegExp) =>
      journey.operate('basket', { button: 'Roll out…', title: 'Roll out', fields: { 'param:seconds': 1 }, until });
    const wish = { item: 'feature-flag-rollout', title: 'Feature flag rollout', name: 'basket' };
    await journey.request({ ...wish, pages: [world.wish] });
    world.metric = (now) => (now === '10 %' ? 0.5 : 0.01);
    await rollOut(/❌ \*Roll out\*/);
    expect([world.seen, world.serves]).toEqual([['off', '1 %', '10 %'], 'off']);
    world.metric = () => 0.01;
    world.seen.length = 0;
    await rollOut(/✅ \*Roll out\* · done/);
    expect(world.seen).toEqual(['off', '1 %', '10 %', '50 %', 'on']);
    await journey.destroy('basket', 'basket (development)');
    expect(world.flags).toEqual(world.others);
  },
};
