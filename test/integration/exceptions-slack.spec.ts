import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const LOOKS_SECRET = 'f41d8cd98f00b204e9800998ecf8427e';

describe('exceptions in Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let sam: SlackPerson;
  let oli: SlackPerson;
  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    [ada, sam, oli] = await Promise.all([bot.person('ada'), bot.person('sam'), bot.person('oli')]);
  });
  afterAll(() => (bot as BotOnPlayground | undefined)?.stop());

  const plan = async (who: SlackPerson, channel: string, fields: Record<string, string>): Promise<void> => {
    await who.slash('/qm request postgres-database', channel);
    await who.waitForModal('PostgreSQL database');
    await who.fill(fields);
    await who.submit();
    await who.waitForModal('The plan');
    await who.waitFor((me) => JSON.stringify(me.modal()?.blocks).includes('Who decides'), 'the plan worked out');
  };
  const shown = (who: SlackPerson): string => JSON.stringify(who.modal()?.blocks);

  it('a refused plan offers to ask for one; its owner agrees by reaction; then the plan says so', async () => {
    await plan(ada, '#team-payments', { 'param:name': LOOKS_SECRET, environment: 'development' });
    expect(shown(ada)).toContain('looks like a secret');
    await ada.click('exception_ask');
    await ada.waitForModal('Ask for an exception');
    await ada.fill({ reason: 'The old system names things like that', hours: '72' });
    await ada.submit();
    await ada.waitForModal('Exception');
    expect(shown(ada)).toContain('Asked.');
    await ada.close(true);

    const card = await sam.waitForMessage('#approvals', 'An exception from');
    expect(wholeText(card)).toContain('The old system names things like that');
    await sam.react(card, 'white_check_mark');
    const dm = await ada.waitFor((me) => {
      const channel = me.botDm();
      return channel && me.messages(channel.id).find((one) => wholeText(one).includes('You have an exception'));
    }, 'that it was granted');
    expect(wholeText(dm)).toContain('72 hours');

    await ada.click('Go on with it', dm);
    await ada.waitForModal('PostgreSQL database');
    expect(shown(ada)).toContain('You have the exception now');
    expect(shown(ada)).toContain(LOOKS_SECRET);
    await ada.submit();
    await ada.waitForModal('The plan');
    await ada.waitFor((me) => JSON.stringify(me.modal()?.blocks).includes('Who decides'), 'the plan worked out');
    expect(shown(ada)).toContain('Does not count, by the exception');
    expect(ada.modal()?.submit).toBe('Send request');
    await ada.close(true);
  });

  it('are listed with a button that ends them', async () => {
    await sam.slash('/qm exceptions', '#team-security');
    const list = await sam.waitForMessage('#team-security', 'in force');
    await sam.click('End it now', list);
    await sam.waitForMessage('#team-security', 'the rule counts again');
    await ada.slash('/qm exceptions', '#team-payments');
    await ada.waitForMessage('#team-payments', 'no exceptions');
  });

  it('an engineer on call breaks the glass in an incident, and the team hears of it', async () => {
    const wish = { 'param:name': 'rescue', environment: 'production' };
    await plan(oli, '#team-platform', wish);
    expect(shown(oli)).not.toContain('Break the glass');
    await oli.close(true);
    await oli.slash('/qm incident declare', '#team-platform');
    await oli.waitForModal();
    await oli.fill({ title: 'All is slow' });
    await oli.submit();
    await oli.waitFor(
      (me) => me.channel('incidents') && me.screen.channels.find(({ name }) => name.startsWith('inc-')),
      'its room',
    );

    await plan(oli, '#team-platform', wish);
    await oli.click('exception_break_glass');
    await oli.waitForModal('Break the glass');
    await oli.fill({ reason: 'The primary is down' });
    await oli.submit();
    await oli.waitForModal('Exception');
    await oli.close(true);
    const loud = await oli.waitForMessage('#team-platform', 'The glass was broken');
    expect(wholeText(loud)).toContain('The primary is down');
    await oli.waitForMessage('#approvals', 'Review: the glass was broken');
    await plan(oli, '#team-platform', wish);
    expect(shown(oli)).toContain('Waived in an incident');
    expect(shown(oli)).toContain('8 hours');
    expect(oli.modal()?.submit).toBe('Send request');
  });
});
