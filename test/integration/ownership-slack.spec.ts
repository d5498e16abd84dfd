import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const name = `shop-${randomBytes(3).toString('hex')}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

describe('a resource that changes hands, in Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let ben: SlackPerson;
  let oli: SlackPerson;

  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    [ada, ben, oli] = [await bot.person('ada'), await bot.person('ben'), await bot.person('oli')];
  });
  afterAll(() => bot.stop());

  const direct = (words: string) => (me: SlackPerson) =>
    me.messages(me.botDm()?.id ?? '').find((message) => wholeText(message).includes(words));
  const mine = (words: string) => (me: SlackPerson) =>
    me.messages(TEAM).find((message) => message.ephemeralTo === me.id && wholeText(message).includes(words));

  it('begins as Ada’s', async () => {
    accepted(await ada.slash('/qm bulk', TEAM));
    await ada.waitForModal('Many requests');
    await ada.fill({ text: `item,name,flakiness\ndemo-service,${name},0\n` });
    accepted(await ada.submit());
    await ada.waitForModal('The plan');
    accepted(await ada.submit());
    await ada.waitFor((me) => me.messages(TEAM).find(({ text }) => text.startsWith('Ended: 1 of 1')), 'ready');
    await ada.close(true);
  });

  it('is given to Ben from the list, but not to somebody of another team', async () => {
    accepted(await ada.slash('/qm resources', TEAM));
    const list = await ada.waitFor(mine(name), 'the list');
    accepted(await ada.click('Transfer', list));
    await ada.waitForModal('Transfer');
    await ada.fill({ person: oli.id });
    expect((await ada.submit()).errors?.person).toContain('is not in Payments');
    await ada.fill({ person: ben.id, reason: 'I move to another team' });
    accepted(await ada.submit());
    await ben.waitFor(direct(`Demo ${name} in development is yours now`), 'the word to Ben');
    expect(ada.modal()).toBeUndefined();
    accepted(await ada.slash(`/qm transfer ${name}`, TEAM));
    await ada.waitFor(mine('No rule lets you give this to somebody else'), 'why Ada can’t any more');
    expect(ada.modal()).toBeUndefined();
  });

  it('is offered to another team, which takes it', async () => {
    accepted(await ben.slash(`/qm transfer ${name}`, TEAM));
    await ben.waitForModal('Transfer');
    await ben.fill({ person: oli.id, team: 'platform' });
    accepted(await ben.submit());
    const offer = await oli.waitFor(direct('would give'), 'the offer');
    accepted(await oli.click('Accept', offer));
    await ben.waitFor(direct(`was given to <@${oli.id}>`), 'the answer');
    accepted(await oli.slash('/qm resources', '#team-platform'));
    const list = await oli.waitFor(
      (me) => me.messages('#team-platform').find((message) => wholeText(message).includes(name)),
      'the list of Oli',
    );
    expect(wholeText(list)).toContain('Platform, development');
  });
});
