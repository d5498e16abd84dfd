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
});
