import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { PlaygroundMessage } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { asAdmin } from '../builders/database.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const name = `up_${randomBytes(3).toString('hex')}`;
const database = `payments_development_${name}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

describe('a newer version of an item, in front of Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let folder: string;
  const file = () => join(folder, 'catalog/items/postgres-database.yaml');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-upgrade-'));
    await cp('catalog', join(folder, 'catalog'), { recursive: true });
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: join(folder, 'catalog') });
    ada = await bot.person('ada');
  });
  afterAll(async () => {
    await bot.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const limit = () =>
    asAdmin(bot.database.serverUrl, async (admin) => {
      const text = 'select datconnlimit as n from pg_database where datname = $1';
      return (await admin.query<{ n: number }>(text, [database])).rows[0]?.n;
    });
  const card = (words: RegExp) => (me: SlackPerson) =>
    me
      .messages(TEAM)
      .find(
        (message: PlaygroundMessage) =>
          message.ephemeralTo === undefined && message.text.startsWith(name) && words.test(wholeText(message)),
      );

  /** A newer version, which the bot notices by itself. */
  async function release(version: string, change: (text: string) => string): Promise<void> {
    const [item = ''] = (await readFile(file(), 'utf8')).split('# Run by npm run catalog:test.');
    await writeFile(file(), change(item).replace(/^version: .*$/m, `version: ${version}`));
    for (;;) {
      accepted(await ada.slash('/qm catalog postgres-database', TEAM));
      const text = wholeText(await ada.waitForModal('Catalog'));
      await ada.close(true);
      if (text.includes(version)) return;
    }
  }
  async function open(version: string): Promise<void> {
    accepted(await ada.slash('/qm resources', TEAM));
    const list = await ada.waitForMessage(TEAM, `the newest is ${version}`);
    accepted(await ada.click(`Upgrade to ${version}…`, list));
  }

  it('offers its plan, and is done by one press, in place', async () => {
    accepted(await ada.slash('/qm request postgres-database', TEAM));
    await ada.waitForModal('PostgreSQL database');
    await ada.fill({ 'param:name': name, environment: 'development' });
    accepted(await ada.submit());
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan');
    accepted(await ada.submit());
    await ada.waitFor(
      (me) => me.messages(TEAM).find(({ text }) => text.startsWith('Ready') && text.includes(name)),
      'the card ready',
    );
    expect(await limit()).toBe(5);
    await release('1.100.0', (text) => text.replaceAll('? 15 : 5 }}', '? 15 : 8 }}'));
    await open('1.100.0');
    const plan = wholeText(await ada.waitForModal('A newer version'));
    expect(plan).toContain('connection limit 5 → 8');
    expect(plan).toContain('(5 so far)');
    accepted(await ada.submit());
    await ada.waitFor(card(/✅ \*Upgrade to 1\.100\.0\* · done/), 'upgraded');
    expect(await limit()).toBe(8);
    await ada.waitFor(card(/postgres-database 1\.100\.0/), 'the version on the card');
  });

  it('asks for what the new version wants besides, refuses an empty answer, and goes on from there', async () => {
    await release('1.101.0', (text) =>
      text
        .replace('required: [name, size]', 'required: [name, size, tier]')
        .replace(
          '    contact:\n',
          '    tier:\n      type: string\n      title: Tier\n      pattern: ^[a-z]{3,9}$\n    contact:\n',
        )
        .replaceAll('? 15 : 8 }}', '? 15 : 9 }}'),
    );
    await open('1.101.0');
    const form = wholeText(await ada.waitForModal('A newer version'));
    expect(form).toContain('It asks for more than was given');
    await ada.fill({ 'param:tier': 'G' });
    const refused = await ada.submit();
    expect(JSON.stringify(refused)).toContain('Tier');
    await ada.fill({ 'param:tier': 'gold' });
    accepted(await ada.submit());
    await ada.waitFor((me) => me.modal()?.submit === 'Upgrade', 'the plan');
    accepted(await ada.submit());
    await ada.waitFor(card(/✅ \*Upgrade to 1\.101\.0\* · done/), 'upgraded');
    expect(await limit()).toBe(9);
  });
});
