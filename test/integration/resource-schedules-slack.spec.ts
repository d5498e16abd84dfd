import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const name = `nap_${randomBytes(3).toString('hex')}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

/** A zone in which it is about three in the morning now. */
function whereItIsNight(): string {
  const ahead = (27 - new Date().getUTCHours()) % 24;
  return ahead <= 12 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`;
}

describe('the schedule of a resource, in front of Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    ada = await bot.person('ada');
  });
  afterAll(() => bot.stop());

  const card = (words: RegExp) => (me: SlackPerson) =>
    me
      .messages(TEAM)
      .find((one) => one.ephemeralTo === undefined && one.text.startsWith(name) && words.test(wholeText(one)));

  it('is chosen on its card, puts it to sleep and wakes it when somebody needs it', async () => {
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
    accepted(await ada.slash(`/qm resource ${name}`, TEAM));
    const own = await ada.waitFor(
      (me) => me.messages(TEAM).findLast((one) => one.ephemeralTo === me.id && one.text.startsWith(name)),
      'its card',
    );
    accepted(await ada.click('Schedule…', own));
    await ada.waitForModal('Schedule');
    await ada.fill({ schedule: 'office-hours' });
    accepted(await ada.submit());
    await ada.waitFor(card(/Office hours/), 'the schedule on the card');
    await bot.database.transactions.query('update resource_schedules set time_zone = $1, version = version + 1', [
      whereItIsNight(),
    ]);
    const asleep = await ada.waitFor(card(/Asleep/), 'asleep');
    expect(wholeText(asleep)).toContain('Put to sleep');
    accepted(await ada.click('Wake now', asleep));
    const awake = await ada.waitFor(card(/Awake[^]*Kept awake until/), 'awake');
    accepted(await ada.click('Keep awake until…', awake));
    await ada.waitForModal('Keep awake');
  });
});
