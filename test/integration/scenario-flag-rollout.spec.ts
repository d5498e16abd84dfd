import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { FlagsAndMetrics } from '../builders/flags-and-metrics.js';
import { Journey } from '../builders/journey.js';
import { wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

describe('a feature flag, rolled out from its slash command to its teardown', () => {
  let world: FlagsAndMetrics;
  let bot: BotOnPlayground;
  let journey: Journey;
  beforeAll(async () => {
    world = await FlagsAndMetrics.start();
    bot = await BotOnPlayground.start('http', world.environment);
    journey = new Journey(await bot.person('ada'), '#team-payments');
  });
  afterAll(async () => {
    await bot.stop();
    await world.stop();
  });
  const rollOut = (until: RegExp) =>
    journey.operate('basket', { button: 'Roll out…', title: 'Roll out', fields: { 'param:seconds': 1 }, until });

  it('is made, and nobody gets it', async () => {
    const wish = { item: 'feature-flag-rollout', title: 'Feature flag rollout', name: 'basket' };
    await journey.request({ ...wish, pages: [world.wish] });
    expect(world.serves).toBe('off');
  });

  it('goes back from 10 % by itself when the metric is bad', async () => {
    world.metric = (now) => (now === '10 %' ? 0.5 : 0.01);
    const card = await rollOut(/❌ \*Roll out\*/);
    expect(wholeText(card)).toMatch(/is 0\.5\..*What it had changed was undone/s);
    expect([world.seen, world.serves]).toEqual([['off', '1 %', '10 %'], 'off']);
  });

  it('goes to everybody in four steps while the metric is good', async () => {
    world.metric = () => 0.01;
    world.seen.length = 0;
    await rollOut(/✅ \*Roll out\* · done/);
    expect([world.seen, world.serves]).toEqual([['off', '1 %', '10 %', '50 %', 'on'], 'on']);
  });

  it('is switched off with one button', async () => {
    const until = /✅ \*Switch off\* · done/;
    await journey.operate('basket', { button: 'Switch off…', title: 'Switch off', fields: null, until });
    expect(world.serves).toBe('off');
  });

  it('is taken away, and the file is as it was before', async () => {
    await journey.destroy('basket', 'basket (development)');
    expect(world.flags).toEqual(world.others);
  });
});
