import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { asAdmin } from '../builders/database.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const PLATFORM = '#team-platform';
const name = `orphan_${randomBytes(3).toString('hex')}`;
const database = `payments_development_${name}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

describe('what was left behind', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let pia: SlackPerson;
  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    [ada, pia] = [await bot.person('ada'), await bot.person('pia')];
  });
  afterAll(() => bot.stop());

  const isThere = () =>
    asAdmin(bot.database.serverUrl, async (admin) => {
      const { rows } = await admin.query('select 1 from pg_database where datname = $1', [database]);
      return rows.length > 0;
    });
  const card = (words: RegExp) => (me: SlackPerson) =>
    me.messages(PLATFORM).find((message) => message.ephemeralTo === undefined && words.test(wholeText(message)));
  const sql = (text: string, values: unknown[] = []) => bot.database.transactions.query<{ id: string }>(text, values);
  const events = async () =>
    (
      await sql(
        `select convert_from(body, 'utf8')::jsonb->>'type' as id from audit_events where convert_from(body, 'utf8')::jsonb->>'type' like 'orphan.%' order by sequence`,
      )
    ).map(({ id }) => id);

  it('is nothing as long as its resource lives', async () => {
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
    accepted(await pia.slash('/qm orphans', PLATFORM));
    await pia.waitFor(
      (me) =>
        me.messages(PLATFORM).find((one) => one.ephemeralTo === me.id && wholeText(one).includes('Nothing dangles')),
      'nothing',
    );
  });

  it('is for those who run the platform', async () => {
    accepted(await ada.slash('/qm orphans', TEAM));
    const refused = await ada.waitFor(
      (me) =>
        me.messages(TEAM).findLast((one) => one.ephemeralTo === me.id && one.text.includes('Nothing was changed')),
      'refused',
    );
    expect(wholeText(refused)).not.toContain('Left behind');
  });

  it('is found by what is there, listed once by two looks at a time, and told on one card', async () => {
    // What a teardown that lost its effects would leave: the record says gone, the server does not.
    await sql(`update resources set state = 'destroyed', destroyed_at = now() where title like '%' || $1 || '%'`, [
      name,
    ]);
    const both = await Promise.all([pia.slash('/qm orphans', PLATFORM), pia.slash('/qm orphans', PLATFORM)]);
    both.forEach(accepted);
    const shown = await pia.waitFor(card(new RegExp(`${name}[^]*was destroyed`)), 'the card');
    expect(wholeText(shown)).toContain(`database ${database} is there`);
    expect(
      pia.messages(PLATFORM).filter((one) => one.ephemeralTo === undefined && wholeText(one).includes('Left behind')),
    ).toHaveLength(1);
    expect(await events()).toEqual(['orphan.found']);
  });

  it('is ignored for a while', async () => {
    accepted(await pia.click('Ignore until…', await pia.waitFor(card(/Ignore until…/), 'the card')));
    await pia.waitForModal('Ignore for a while');
    accepted(await pia.submit());
    await pia.waitFor(card(/Nothing dangles[^]*ignored[^]*\/qm orphans ignored/), 'off the card');
    accepted(await pia.slash('/qm orphans ignored', PLATFORM));
    const ignored = await pia.waitFor(
      (me) =>
        me.messages(PLATFORM).findLast((one) => one.ephemeralTo === me.id && wholeText(one).includes('Ignored until')),
      'the list of what is ignored',
    );
    expect(wholeText(ignored)).toContain('Payments');
    accepted(await pia.click('Stop ignoring', ignored));
    await pia.waitFor(card(/Ignore until…/), 'on the card again');
  });

  it('is removed by a run, once however often it is pressed', async () => {
    const shown = await pia.waitFor(card(/Remove/), 'the card with its buttons');
    accepted(await pia.click('Remove', shown));
    await pia.waitFor(card(/Nothing dangles/), 'nothing left');
    expect(await isThere()).toBe(false);
    expect(await sql(`select id from runs where kind = 'rollback'`)).toHaveLength(1);
    expect(await events()).toEqual([
      ...['orphan.found', 'orphan.ignored', 'orphan.heeded', 'orphan.removal_started', 'orphan.gone'],
    ]);
  });
});
