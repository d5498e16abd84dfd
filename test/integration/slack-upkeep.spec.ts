import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

describe('files that change while the bot runs', () => {
  let bot: BotOnPlayground;
  let oli: SlackPerson;
  let catalogDir: string;
  const item = (): string => join(catalogDir, 'items/demo-service.yaml');

  beforeAll(async () => {
    catalogDir = join(await mkdtemp(join(tmpdir(), 'quartermaster-change-')), 'catalog');
    await cp('catalog', catalogDir, { recursive: true });
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: catalogDir });
    oli = await bot.person('oli');
  });
  afterAll(async () => {
    await bot.stop();
    await rm(join(catalogDir, '..'), { recursive: true, force: true });
  });

  /** Looks until the catalog shows it: what the bot notices, it notices by itself. */
  async function shows(search: string, words: string): Promise<void> {
    for (;;) {
      await oli.slash(`/qm catalog ${search}`, '#general');
      const modal = await oli.waitForModal('Catalog');
      const text = wholeText(modal);
      await oli.close(true);
      if (text.includes(words)) return;
    }
  }

  it('are taken over without a restart; a broken one is not, its line is told to its team, and the last good one goes on', async () => {
    const source = await readFile(item(), 'utf8');
    const next = source.replace(/^version: .*$/m, 'version: 7.0.0').replace(/^title: .*$/m, 'title: Showcase');
    await writeFile(item(), next);
    await shows('showcase', '7.0.0');
    await writeFile(
      item(),
      next.replace('version: 7.0.0', 'version: 7.1.0').replace('action: demo:progress', 'action: demo:progres'),
    );
    const told = await oli.waitForMessage('#team-platform', 'catalog/items/demo-service.yaml');
    expect(wholeText(told)).toMatch(/• \d+:\d+ there is no action “demo:progres”; write “demo:progress” instead/);
    await shows('showcase', '7.0.0');
    await writeFile(item(), next.replace('version: 7.0.0', 'version: 7.2.0'));
    await shows('showcase', '7.2.0');
    expect(oli.messages('#team-platform').filter((one) => wholeText(one).includes('has a mistake'))).toHaveLength(1);
  });

  it('let a resource know of the newer version, with what that would change', async () => {
    const [made] = await bot.database.transactions.query<{ digest: string }>(
      "select digest from catalog_versions where name = 'demo-service' and version < '7' order by loaded_at limit 1",
    );
    await bot.database.transactions.query(
      `insert into resources (id, kind, title, state, item_name, item_version, item_digest, team_id, environment, owner_id, parameters,
         lease_hours, lease_ends_at, trace_id)
       values ('res-00000001', 'demo', 'Old one', 'active', 'demo-service', '1.0.0', $1, 'platform', 'development', $2, '{"name": "old"}', 24,
         now() + interval '1 day', 'trc-00000000')`,
      [made?.digest, oli.id],
    );
    await oli.slash('/qm resources', '#general');
    const list = await oli.waitForMessage('#general', 'made by 1.0.0, the newest is 7.2.0');
    await oli.click('Upgrade to 7.2.0…', list);
    const text = wholeText(await oli.waitForModal('A newer version'));
    expect(text).toContain('+title: Showcase');
    expect(text).toContain('It can’t be upgraded in place. It goes on as it is');
    await oli.close(true);
  });
});
