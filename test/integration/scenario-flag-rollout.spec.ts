import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { Journey } from '../builders/journey.js';
import { wholeText } from '../builders/slack-person.js';
import { ToldServer } from '../builders/told-server.js';

jest.setTimeout(180_000);

const OTHERS = { flags: { other: { state: 'ENABLED', variants: { a: 1 }, defaultVariant: 'a' } } };

describe('a feature flag, rolled out from its slash command to its teardown', () => {
  let folder: string;
  let prometheus: ToldServer;
  let bot: BotOnPlayground;
  let journey: Journey;
  /** What the metric gives, by what the flag serves. */
  let metric: (serves: string) => number = () => 0;
  const seen: string[] = [];

  const flags = async () => JSON.parse(await readFile(join(folder, 'checkout.json'), 'utf8')) as typeof OTHERS;
  const serves = async (): Promise<string> => {
    const { basket } = (await flags()).flags as Record<string, Record<string, unknown>>;
    const share = /\["on",(\d+)\]/.exec(JSON.stringify(basket))?.[1];
    return share === undefined ? String(basket?.defaultVariant) : `${share} %`;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-flags-'));
    await writeFile(join(folder, 'checkout.json'), JSON.stringify(OTHERS));
    prometheus = await ToldServer.start();
    prometheus.tell((_url, response) => {
      void serves().then((now) => {
        if (seen.at(-1) !== now) seen.push(now);
        const result = [{ metric: {}, value: [1_795_000_000, String(metric(now))] }];
        response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
      });
    });
    bot = await BotOnPlayground.start('http', { FEATURE_FLAGS_DIR: folder, HTTP_ALLOWED_HOSTS: prometheus.url });
    journey = new Journey(await bot.person('ada'), '#team-payments');
  });
  afterAll(async () => {
    await bot.stop();
    await prometheus.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const rollOut = (until: RegExp) =>
    journey.operate('basket', { button: 'Roll out…', title: 'Roll out', fields: { 'param:seconds': 1 }, until });

  it('is made, and nobody gets it', async () => {
    await journey.request({
      item: 'feature-flag-rollout',
      title: 'Feature flag rollout',
      name: 'basket',
      pages: [
        {
          'param:flag': 'basket',
          'param:file': 'checkout.json',
          'param:prometheus': prometheus.url,
          'param:query': 'sum(rate(checkout_errors_total[5m]))',
          'param:most': '0.02',
          environment: 'development',
        },
      ],
    });
    expect(await serves()).toBe('off');
  });

  it('goes back from 10 % by itself when the metric is bad', async () => {
    metric = (now) => (now === '10 %' ? 0.5 : 0.01);
    const card = await rollOut(/❌ \*Roll out\*/);
    expect(wholeText(card)).toMatch(/is 0\.5\..*What it had changed was undone/s);
    expect([seen, await serves()]).toEqual([['off', '1 %', '10 %'], 'off']);
  });

  it('goes to everybody in four steps while the metric is good', async () => {
    metric = () => 0.01;
    seen.length = 0;
    await rollOut(/✅ \*Roll out\* · done/);
    expect([seen, await serves()]).toEqual([['off', '1 %', '10 %', '50 %', 'on'], 'on']);
  });

  it('is switched off with one button', async () => {
    const until = /✅ \*Switch off\* · done/;
    await journey.operate('basket', { button: 'Switch off…', title: 'Switch off', fields: null, until });
    expect(await serves()).toBe('off');
  });

  it('is taken away, and the file is as it was before', async () => {
    await journey.destroy('basket');
    expect(await flags()).toEqual(OTHERS);
  });
});
