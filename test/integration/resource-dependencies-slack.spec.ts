import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const name = `base_${randomBytes(3).toString('hex')}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

describe('a schema stands on its database, in front of Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    ada = await bot.person('ada');
  });
  afterAll(() => bot.stop());

  async function request(item: string, title: string, fields: Record<string, string>): Promise<void> {
    accepted(await ada.slash(`/qm request ${item}`, TEAM));
    await ada.waitForModal(title);
    await ada.fill({ environment: 'development' });
    await ada.fill(fields);
    accepted(await ada.submit());
    const plan = await ada.waitFor((me) => (me.modal()?.submit === 'Send request' ? me.modal() : undefined), 'a plan');
    if (item === 'postgres-schema') expect(JSON.stringify(plan.blocks)).toContain('It will stand on');
    accepted(await ada.submit());
    const title2 = fields['param:schema'] ?? name;
    await ada.waitFor(
      (me) => me.messages(TEAM).find(({ text }) => text.startsWith('Ready') && text.includes(title2)),
      'the card ready',
    );
  }

  it('is made on it', async () => {
    await request('postgres-database', 'PostgreSQL database', { 'param:name': name });
    await request('postgres-schema', 'PostgreSQL schema', { 'param:database': name, 'param:schema': 'reporting' });
    accepted(await ada.slash(`/qm resource ${name}`, TEAM));
    await ada.waitFor(
      (me) => me.messages(TEAM).findLast((one) => /On it stand[^]*reporting in/.test(wholeText(one))),
      'the dependents on its card',
    );
  });

  it('is listed before the database is destroyed, and goes with it', async () => {
    accepted(await ada.slash(`/qm destroy ${name}`, TEAM));
    const modal = await ada.waitForModal('Destroy');
    expect(JSON.stringify(modal.blocks)).toContain('reporting in');
    expect(modal.submit).toBe('Destroy all of it');
    await ada.fill({ name });
    accepted(await ada.submit());
    const states = () =>
      bot.database.transactions.query<{ state: string }>('select state from resources order by created_at');
    await ada.waitFor(
      (me) => me.messages(TEAM).filter(({ text }) => /destroyed/i.test(text)).length >= 2 || undefined,
      'both are gone',
    );
    expect((await states()).map(({ state }) => state)).toEqual(['destroyed', 'destroyed']);
  });
});
