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
const OWNERS = '#team-platform';
const FIRST = `aa_${randomBytes(3).toString('hex')}`;
const SECOND = `bb_${randomBytes(3).toString('hex')}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

describe('all of an item is upgraded, in front of Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let pia: SlackPerson;
  let folder: string;
  const file = () => join(folder, 'catalog/items/postgres-database.yaml');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-fleet-'));
    await cp('catalog', join(folder, 'catalog'), { recursive: true });
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: join(folder, 'catalog') });
    [ada, pia] = await Promise.all([bot.person('ada'), bot.person('pia')]);
  });
  afterAll(async () => {
    await bot.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const limitOf = (name: string) =>
    asAdmin(bot.database.serverUrl, async (admin) => {
      const text = 'select datconnlimit as n from pg_database where datname = $1';
      return (await admin.query<{ n: number }>(text, [`payments_development_${name}`])).rows[0]?.n;
    });
  const card = (words: RegExp) => (me: SlackPerson) =>
    me
      .messages(OWNERS)
      .find(
        (message: PlaygroundMessage) =>
          message.ephemeralTo === undefined &&
          message.text.startsWith('Upgrade of PostgreSQL database') &&
          words.test(wholeText(message)),
      );

  async function request(name: string): Promise<void> {
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
  }

  it('is listed with its difference for those who own the item, and for nobody else', async () => {
    await request(FIRST);
    await request(SECOND);
    const [item = ''] = (await readFile(file(), 'utf8')).split('# Run by npm run catalog:test.');
    await writeFile(
      file(),
      item.replaceAll('? 15 : 5 }}', '? 15 : 8 }}').replace(/^version: .*$/m, 'version: 1.100.0'),
    );
    for (;;) {
      accepted(await pia.slash('/qm upgrades', OWNERS));
      const answer = await pia.waitFor((me) => me.messages(OWNERS).at(-1), 'an answer');
      if (wholeText(answer).includes('2 not yet of 1.100.0')) break;
    }
    accepted(await ada.slash('/qm upgrades postgres-database', TEAM));
    await ada.waitForMessage(TEAM, 'platform engineers, upgrade it for everybody');
    accepted(await pia.slash('/qm upgrades postgres-database', OWNERS));
    const list = await pia.waitForMessage(OWNERS, '2 of PostgreSQL database are not of 1.100.0');
    expect(wholeText(list)).toContain(FIRST);
    expect(wholeText(list)).toMatch(/\d+ lines different/);
  });

  it('goes on in waves, tells the owner with the difference, leaves out what is put off, and ends when that is let again', async () => {
    accepted(await ada.slash('/qm resource ' + SECOND, TEAM));
    const own = await ada.waitFor(
      (me) => me.messages(TEAM).findLast(({ text, ephemeralTo }) => ephemeralTo === ada.id && text.startsWith(SECOND)),
      'its card',
    );
    accepted(await ada.click('Not now…', own));
    await ada.waitForModal('Not now');
    await ada.fill({ reason: 'The sale is on' });
    accepted(await ada.submit());
    await ada.waitForMessage(ada.botDm()?.id ?? '', 'It is not upgraded before');

    const list = await pia.waitForMessage(OWNERS, '2 of PostgreSQL database are not of 1.100.0');
    accepted(await pia.click('Start in waves…', list));
    await pia.waitForModal('Upgrade in waves');
    await pia.fill({ sizes: 'ten' });
    expect(JSON.stringify(await pia.submit())).toContain('Write the sizes of the waves like');
    await pia.fill({ sizes: '1, rest', reason: 'More room' });
    accepted(await pia.submit());
    const waiting = await pia.waitFor(card(/📌 \*bb_[^]*The sale is on/), 'the card with what was put off');
    expect(wholeText(waiting)).toContain('wave');
    await pia.waitFor(card(/✅ 1/), 'the first is upgraded');
    expect(await limitOf(FIRST)).toBe(8);
    expect(await limitOf(SECOND)).toBe(5);
    const told = await ada.waitForMessage(
      ada.botDm()?.id ?? '',
      'brings PostgreSQL database to 1.100.0 in 2 waves: More room',
    );
    expect(wholeText(told)).toContain('connection limit 5 → 8');

    accepted(await ada.slash('/qm resource ' + SECOND, TEAM));
    const pinned = await ada.waitFor(
      (me) =>
        me
          .messages(TEAM)
          .findLast((one) => one.ephemeralTo === ada.id && wholeText(one).includes('Its upgrade is put off until')),
      'the card that says so',
    );
    accepted(await ada.click('Don’t put it off', pinned));
    await pia.waitFor(card(/Upgrade of PostgreSQL database to 1\.100\.0[^]*\*done\*/), 'all done');
    expect(await limitOf(SECOND)).toBe(8);
    expect(pia.messages(OWNERS).filter(({ text }) => text.startsWith('Upgrade of PostgreSQL database'))).toHaveLength(
      1,
    );
  });
});
