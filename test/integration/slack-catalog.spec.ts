import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const text = (me: SlackPerson): string => wholeText(me.modal() ?? { blocks: [] });
const shows = (words: string) => (me: SlackPerson) => text(me).includes(words) && text(me);

describe('the catalog in Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let catalogDir: string;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-browse-'));
    catalogDir = join(folder, 'catalog');
    await cp('catalog', catalogDir, { recursive: true });
    const source = await readFile(join(catalogDir, 'items/demo-service.yaml'), 'utf8');
    for (let n = 1; n <= 12; n += 1)
      await writeFile(
        join(catalogDir, `items/queue-${n}.yaml`),
        source
          .replace('name: demo-service', `name: queue-${n}`)
          .replace('title: Demo service', `title: Message queue ${n}`),
      );
    await writeFile(
      join(catalogDir, 'items/secret-plan.yaml'),
      source
        .replace('name: demo-service', 'name: secret-plan\nlifecycle: draft')
        .replace('title: Demo service', 'title: Message queue of the future')
        .replace('lifecycle: active\n', ''),
    );
    await writeFile(
      join(catalogDir, 'items/cluster-thing.yaml'),
      source
        .replace('name: demo-service', 'name: cluster-thing\nneeds: [kubernetes]')
        .replace('title: Demo service', 'title: Something on a cluster'),
    );
    await writeFile(
      join(catalogDir, 'items/old-queue.yaml'),
      source
        .replace('name: demo-service', 'name: old-queue\nlifecycle: deprecated\nsuccessor: queue-1')
        .replace('title: Demo service', 'title: Old queue')
        .replace('lifecycle: active\n', ''),
    );
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: catalogDir });
    ada = await bot.person('ada');
  });
  afterAll(async () => {
    await bot.stop();
    await rm(join(catalogDir, '..'), { recursive: true, force: true });
  });

  it('is browsed page by page, searched, and narrowed down by tag and team', async () => {
    await ada.slash('/qm catalog', TEAM);
    await ada.waitForModal('Catalog');
    // What needs pg_dump is offered where there is one.
    const [, all = '', pages = ''] = /(1[78]) items · page 1 of (\d)/.exec(text(ada)) ?? [];
    expect(Math.ceil(Number(all) / 8)).toBe(Number(pages));
    await ada.click('More ›');
    await ada.waitFor(shows(`page 2 of ${pages}`), 'the second page');
    await ada.choose('Search', 'message queue');
    await ada.waitFor(shows('12 items · page 1 of 2'), 'the queues');
    await ada.fill({ Search: 'schema' });
    await ada.submit();
    await ada.waitFor(shows('1 item'), 'the schema');
    expect(text(ada)).toContain('PostgreSQL schema');
    await ada.choose('Search', '');
    await ada.choose('catalog_owner', 'platform');
    await ada.waitFor(shows(`${all} items`), 'all of one team');
    await ada.close(true);
  });

  it('shows a draft to the team that owns it, and to nobody else', async () => {
    await ada.slash('/qm catalog future', TEAM);
    await ada.waitForModal('Catalog');
    expect(text(ada)).toContain('Nothing fits');
    await ada.close(true);
    const oli = await bot.person('oli');
    await oli.slash('/qm catalog future', '#general');
    await oli.waitForModal('Catalog');
    expect(text(oli)).toContain('Message queue of the future');
    expect(text(oli)).toContain('draft');
    await oli.close(true);
  });

  it('leaves out what needs something that is not configured, and says to whoever asks for it what that is', async () => {
    const missing =
      'Something on a cluster cannot be requested here yet: whoever runs this bot has to set KUBERNETES_CLUSTERS.';
    await ada.slash('/qm catalog something on a cluster', TEAM);
    await ada.waitForModal('Catalog');
    expect(text(ada)).toContain('Nothing fits');
    await ada.close(true);
    await ada.slash('/qm request cluster-thing', TEAM);
    await ada.waitForModal('Something on a cluster');
    expect(text(ada)).toContain(missing);
    // Nobody fills in a form that could only be refused.
    expect(ada.modal()?.submit).toBeUndefined();
    await ada.close(true);
  });

  it('warns of what is deprecated, refuses what is retired, leads to what to take instead, and keeps serving what lives', async () => {
    const name = `lived-${Date.now().toString(36)}`;
    await ada.slash('/qm request old-queue', TEAM);
    await ada.waitForModal('Old queue');
    expect(text(ada)).toContain('Old queue is deprecated: it still works, but it will go. Request queue-1 instead.');
    await ada.fill({ 'param:name': name, environment: 'development' });
    await ada.submit();
    await ada.waitFor(shows('Who decides'), 'the plan');
    expect(text(ada)).toContain('Old queue is deprecated');
    await ada.submit();
    const ready = new RegExp(`Ready.*${name}`);
    const card = await ada.waitFor((me) => me.messages(TEAM).find((one) => ready.test(one.text)), 'the card ready');

    const file = join(catalogDir, 'items/old-queue.yaml');
    const source = await readFile(file, 'utf8');
    const retired = source
      .replace('lifecycle: deprecated', 'lifecycle: retired')
      .replace(/version: .*/, 'version: 99.0.0');
    await writeFile(file, retired);
    // What the bot notices, it notices by itself.
    for (;;) {
      await ada.slash('/qm request old-queue', TEAM);
      const modal = await ada.waitForModal('Old queue');
      if (modal.submit === undefined) break;
      await ada.close(true);
    }
    expect(text(ada)).toContain(
      'Old queue is retired and cannot be requested any more; what was made of it keeps working.',
    );
    await ada.click('Request Message queue 1');
    await ada.waitForModal('Message queue 1');
    await ada.close(true);

    await ada.click('Extend', card);
    const before = wholeText(card);
    await ada.waitFor(
      (me) => me.messages(TEAM).some((one) => ready.test(one.text) && wholeText(one) !== before),
      'the longer lease on its card',
    );
    await ada.click('Destroy', card);
    await ada.waitForModal('Destroy');
    await ada.close(true);
  });

  it('leads from the search to the details, to what changed, and to the form', async () => {
    await ada.slash('/qm catalog postgres-database', TEAM);
    await ada.waitForModal('Catalog');
    await ada.choose('Search', 'PostgreSQL database tag:database');
    await ada.waitFor(shows('PostgreSQL database'), 'the database');
    await ada.click('Details');
    await ada.waitForModal('PostgreSQL database');
    expect(text(ada)).toMatch(/Time to ready\*?\s*not measured yet/);
    expect(text(ada)).toContain('a month as it is usually requested');
    expect(text(ada)).toMatch(/production\*?: .*lead/);
    await ada.click('What changed');
    await ada.waitFor(shows('The first that is known.'), 'the versions');
    await ada.close();
    await ada.click('Request');
    await ada.waitFor((me) => me.modal()?.callbackId === 'request_form' && me.modal(), 'the form');
    await ada.close(true);
  });

  it('answers a mention with words and buttons that work', async () => {
    await ada.say(`<@${ada.screen.bot.userId}> catalog schema`, TEAM);
    const answer = await ada.waitForMessage(TEAM, 'The catalog has 1 item for “schema”.');
    await ada.click('Details', answer);
    await ada.waitForModal('PostgreSQL schema');
    await ada.close(true);
  });
});
