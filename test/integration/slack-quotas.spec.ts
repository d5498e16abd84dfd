import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { PlaygroundMessage } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const QUOTAS = `
version: 1.0.0
units:
  - { id: databases, title: databases, limit: 1 }
  - { id: connections, title: connections, limit: 100 }
  - { id: runs, title: runs at the same time, limit: 2 }
budgets: [{ monthly: 500 }]
`;
const fresh = (word: string): string => `${word}_${randomBytes(3).toString('hex')}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

function words(view: { blocks: unknown } | undefined): string {
  return JSON.stringify(view?.blocks ?? '');
}

describe('two people and a quota of one database', () => {
  let bot: BotOnPlayground;
  let folder: string;
  let ada: SlackPerson;
  let ben: SlackPerson;
  const [orders, ledger] = [fresh('orders'), fresh('ledger')];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-catalog-'));
    await cp('catalog', folder, { recursive: true });
    await writeFile(join(folder, 'quotas.yaml'), QUOTAS);
    bot = await BotOnPlayground.start('socket', { CATALOG_DIR: folder });
    [ada, ben] = [await bot.person('ada'), await bot.person('ben')];
  });
  afterAll(async () => {
    await bot.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function plans(me: SlackPerson, name: string, entries: Record<string, string> = {}): Promise<string> {
    accepted(await me.slash('/qm request postgres-database', TEAM));
    await me.waitForModal('PostgreSQL database');
    await me.fill({ 'param:name': name, environment: 'development', ...entries });
    accepted(await me.submit());
    const plan = await me.waitFor(
      (now) => [now.modal()].find((view) => words(view).includes('What it takes and costs')),
      'a plan with what it takes',
    );
    return words(plan);
  }

  const dm =
    (me: SlackPerson, text: RegExp) =>
    (now: SlackPerson): PlaygroundMessage | undefined =>
      now.messages(me.botDm()?.id ?? '').find((message) => text.test(wholeText(message)));
  const card = (text: RegExp) => (me: SlackPerson) =>
    me.messages(TEAM).find((message) => message.ephemeralTo === undefined && text.test(message.text));

  it('shows before sending what it takes and costs, and on the card afterwards', async () => {
    const plan = await plans(ada, orders);
    expect(plan).toContain('About 12.40 € a month, 2.85 € for 7 days (0.02 € an hour)');
    expect(plan).toContain('Databases: 0 of 1 used, this takes 1');
    expect(plan).toMatch(/The budget of [A-Z][a-z]+ \d{4}: 0\.00 € of 500\.00 € are committed/);
    expect(await plans(ben, fresh('slow'))).toContain('Databases: 0 of 1 used, this takes 1');
    accepted(await ada.submit());
    const ready = await ada.waitFor(card(new RegExp(`^Ready.*${orders} `)), 'the card ready');
    expect(wholeText(ready)).toContain('About 12.40 € a month');
    expect(wholeText(ready)).toContain('connections: 5, databases: 1');
  });

  it('shows who was slower, on sending, who has it now and the way out', async () => {
    accepted(await ben.submit());
    const view = await ben.waitFor(
      (me) => [me.modal()].find((one) => words(one).includes('queue_join')),
      'the way out',
    );
    expect(words(view)).toContain(`Held by ${orders} (development)`);
    await ben.close(true);
  });

  it('wants a reason above a size, and keeps what was typed', async () => {
    accepted(await ben.slash('/qm request postgres-database', TEAM));
    await ben.waitForModal('PostgreSQL database');
    await ben.fill({ 'param:name': ledger, 'param:size': 'large' });
    accepted(await ben.submit());
    const again = await ben.waitFor(
      (me) => [me.modal()].find((view) => words(view).includes('write in a sentence what it is for')),
      'the form again',
    );
    expect(words(again)).toContain(`"initial_value":"${ledger}"`);
    await ben.close(true);
  });

  it('refuses the second one with the name of the first, and lets the person queue', async () => {
    const plan = await plans(ben, ledger);
    expect(plan).toContain('Databases: 1 of 1 used, this takes 1');
    expect(plan).toContain(`Held by ${orders} (development)`);
    expect(plan).not.toContain('quota_release');
    expect(ben.modal()?.submit).toBeFalsy();
    accepted(await ben.click('queue_join'));
    await ben.waitFor((me) => words(me.modal()).includes('Number 1 in the queue'), 'a place in the queue');
    await ben.close(true);
    await ben.slash('/qm status', TEAM);
    const status = await ben.waitForMessage(TEAM, 'Number 1 in the queue');
    expect(status.ephemeralTo).toBe(ben.id);
  });

  it('offers whoever holds it to release it, and then opens what is queued', async () => {
    const plan = await plans(ada, fresh('other'));
    expect(plan).toContain(`*${orders} (development)* is yours`);
    accepted(await ada.click('quota_release'));
    await ada.waitForModal('Destroy');
    await ada.fill({ name: orders });
    accepted(await ada.submit());
    await ada.waitFor(card(new RegExp(`^Destroyed.*${orders} `)), 'the card destroyed');
    const ready = await ben.waitFor(card(new RegExp(`^Ready.*${ledger} `)), 'the queued one ready');
    expect(wholeText(ready)).toContain(ben.id);
    await ben.waitFor(dm(ben, /is on its way now, as/), 'word of it');
  });

  it('lets somebody leave the queue', async () => {
    await plans(ada, fresh('later'));
    accepted(await ada.click('queue_join'));
    await ada.waitFor((me) => words(me.modal()).includes('Number 1 in the queue'), 'a place in the queue');
    accepted(await ada.click('queue_leave'));
    await ada.waitFor(
      (me) =>
        [...me.messages(TEAM), ...me.messages(me.botDm()?.id ?? '')].find((message) =>
          message.text.includes('You left the queue'),
        ),
      'a farewell',
    );
    await ada.close(true);
  });

  it('shows a team its month, in numbers and in a picture that only they see', async () => {
    accepted(await ben.slash('/qm cost', TEAM));
    const answer = await ben.waitForMessage(TEAM, 'are committed');
    expect(answer.ephemeralTo).toBe(ben.id);
    expect(wholeText(answer)).toMatch(/PostgreSQL database in development \(2 resources\): .* expected/);
    const picture = await ben.waitFor(
      (me) => me.messages(me.botDm()?.id ?? '').find((message) => message.files.length > 0),
      'the picture',
    );
    const [file] = picture.files;
    expect(file).toMatchObject({ mimetype: 'image/png', altText: expect.stringContaining('Bar chart.') });
    const bytes = Buffer.from(await (await fetch(new URL(file?.url ?? '', bot.playground.url))).arrayBuffer());
    expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(5_000);
  });

  it('shows nobody what another team spends unless the rules do', async () => {
    await ben.slash('/qm cost security', TEAM);
    const refused = await ben.waitForMessage(TEAM, 'There is no such team, or you may not see what it spends');
    expect(refused.text).toContain('You may look at: payments.');
    const oli = await bot.person('oli');
    await oli.slash('/qm cost payments', '#team-platform');
    expect(wholeText(await oli.waitForMessage('#team-platform', 'are committed'))).toContain('Payments');
    await ben.slash('/qm cost 1999-01', TEAM);
    await ben.waitForMessage(TEAM, 'A month is written like 2026-11');
  });
});
