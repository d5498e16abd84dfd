import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { PlaygroundMessage } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

/** The server that is provisioned on outlives a test. */
const fresh = (word: string): string => `${word}_${randomBytes(3).toString('hex')}`;

describe.each(['http', 'socket'] as const)('a person in front of Slack, by %s', (mode) => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let lea: SlackPerson;
  const [orders, ledger] = [fresh('orders'), fresh('ledger')];

  beforeAll(async () => {
    bot = await BotOnPlayground.start(mode);
    ada = await bot.person('ada');
    lea = await bot.person('lea');
  });
  afterAll(async () => {
    await bot.stop();
  });

  async function requests(name: string, environment: string): Promise<void> {
    accepted(await ada.slash('/qm request postgres-database', TEAM));
    await ada.waitForModal('PostgreSQL database');
    await ada.fill({ 'param:name': name, environment });
    accepted(await ada.submit());
    await ada.waitForModal('The plan');
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    accepted(await ada.submit());
    await ada.waitFor((me) => me.modal() === undefined, 'the modal closed');
  }

  function card(channel: string, text: RegExp): (me: SlackPerson) => PlaygroundMessage | undefined {
    return (me) => me.messages(channel).find((message) => message.ephemeralTo === undefined && text.test(message.text));
  }

  it('gets a helpful answer to /qm', async () => {
    await ada.slash('/qm', TEAM);
    const answer = await ada.waitForMessage(TEAM, 'Hello');
    expect(answer.ephemeralTo).toBe(ada.id);
    expect(wholeText(answer)).toContain('You are in *Payments*');
    accepted(await ada.click('Catalog', answer));
    expect(wholeText(await ada.waitForModal('Catalog'))).toContain('A database of your own');
    await ada.close();
  });

  it('is told at the field what is wrong, and keeps what was typed on the way back', async () => {
    await ada.slash('/qm request postgres-database', TEAM);
    await ada.waitForModal('PostgreSQL database');
    await ada.fill({ 'param:name': '1; drop table', reason: 'to see' });
    accepted(await ada.submit());
    const refused = await ada.waitFor((me) => me.modal()?.errors['param:name'], 'an error at the name');
    expect(refused).toContain('lower-case letters');
    await ada.fill({ 'param:name': 'kept' });
    await ada.submit();
    await ada.waitForModal('The plan');
    accepted(await ada.click('request_back'));
    const form = await ada.waitForModal('PostgreSQL database');
    expect(JSON.stringify(form.blocks)).toContain('"initial_value":"kept"');
    expect(JSON.stringify(form.blocks)).toContain('"initial_value":"to see"');
    await ada.close(true);
  });

  it('gets a development database at once, on one card, with a way to its credentials', async () => {
    await requests(orders, 'development');
    const ready = await ada.waitFor(card(TEAM, new RegExp(`^Ready.*${orders} `)), 'the card ready');
    accepted(await ada.click('Show me how', ready));
    const way = await ada.waitForMessage(TEAM, 'behind a link that works once');
    expect(way.ephemeralTo).toBe(ada.id);
    expect(JSON.stringify(way.blocks)).toMatch(/\/secrets\/[\w-]{20,}/);
    accepted(await (await bot.person('ben')).click('Show me how', ready));
    const no = await (await bot.person('ben')).waitFor(
      (me) => me.messages(TEAM).find((message) => message.ephemeralTo === me.id),
      'a refusal',
    );
    expect(wholeText(no)).not.toContain('/secrets/');
  });

  it('fetches the credentials in a browser, after saying by its number that the browser is theirs', async () => {
    const way = await ada.waitForMessage(TEAM, 'behind a link that works once');
    const [, url = ''] = /"url":"([^"]+)"/.exec(JSON.stringify(way.blocks)) ?? [];
    const begun = await fetch(url, { method: 'POST' });
    const number = / (\d\d)\b/.exec((await begun.text()).replaceAll(/<[^>]*>/g, ' '))?.[1] ?? '?';
    const browser = {
      cookie: (begun.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '',
      'x-requested-with': 'quartermaster',
    };
    const question = await ada.waitFor(
      (me) => me.messages(me.botDm()?.id ?? '').find((message) => message.text.includes('shows the number')),
      'the question',
    );
    expect(question.text).toContain(`*${number}*`);
    expect((await fetch(`${url}/value`, { method: 'POST', headers: browser })).status).toBe(202);
    accepted(await ada.click('delivery_is_me', question));
    await ada.waitFor(
      (me) => me.messages(me.botDm()?.id ?? '').find((message) => message.text.includes('You confirmed the number')),
      'the confirmation',
    );
    const value = await fetch(`${url}/value`, { method: 'POST', headers: browser });
    expect(value.status).toBe(200);
    const [, password = ''] = /password[^]*?<(?:code|pre|dd|td)[^>]*>([^<]{12,})</i.exec(await value.text()) ?? [];
    expect(password.length).toBeGreaterThan(11);
    expect(JSON.stringify(Object.values(ada.screen.messages))).not.toContain(password);
    expect((await fetch(`${url}/value`, { method: 'POST', headers: browser })).status).not.toBe(200);
  });

  it('waits for a lead in production, whose reaction counts, and nobody else’s', async () => {
    await requests(ledger, 'production');
    const asked = await lea.waitFor(card('#approvals', /^Approval wanted/), 'the approval card');
    expect(wholeText(asked)).toContain(`<@${lea.id}>`);
    await ada.react(asked, 'white_check_mark');
    await lea.react(asked, 'white_check_mark');
    await lea.waitFor(card('#approvals', /^Approved/), 'the approval');
    await ada.waitFor(card(TEAM, new RegExp(`^Ready.*${ledger}`)), 'the card ready');
  });

  it('is denied with a reason, and a click on the settled card is answered politely', async () => {
    await requests(fresh('denied'), 'production');
    const asked = await lea.waitFor(card('#approvals', /^Approval wanted/), 'the approval card');
    accepted(await lea.click('Deny…', asked));
    await lea.waitForModal('Deny');
    await lea.fill({ reason: 'Not this week.' });
    accepted(await lea.submit());
    const denied = await ada.waitFor(card(TEAM, /^Denied/), 'the card denied');
    expect(wholeText(denied)).toContain('Not this week.');
    await lea.act({
      do: 'block_action',
      container: { type: 'message', channel: asked.channel, ts: asked.ts },
      blockId: 'approval_actions',
      actionId: 'approval_approve',
    });
  });

  it('sees where things stand, in a channel and in a thread', async () => {
    await ada.slash('/qm status', TEAM);
    const latest = await ada.waitForMessage(TEAM, 'Your latest');
    accepted(await ada.click('Status', latest));
    await ada.waitForMessage(TEAM, '*Trail*');
    const thread = await ada.waitFor(card(TEAM, new RegExp(`^Ready.*${orders}`)), 'the card');
    await ada.say(`<@${ada.screen.bot.userId}> resources`, TEAM, thread.ts);
    await ada.waitFor(
      (me) =>
        me
          .messages(TEAM)
          .find((message) => message.threadTs === thread.ts && message.text.startsWith('You and your teams have')),
      'an answer in the thread',
    );
  });

  it('finds it all in the App Home, which follows', async () => {
    await ada.openHome();
    const home = await ada.waitFor(
      (me) =>
        me.home() !== null && wholeText({ ...me.home()!, text: '' }).includes(`${orders} (development)`)
          ? me.home()
          : null,
      'the Home',
    );
    expect(wholeText(home)).toContain('My requests');
  });

  it('destroys what is not needed any more, after typing its name', async () => {
    const ready = await ada.waitFor(card(TEAM, new RegExp(`^Ready.*${orders} `)), 'the card ready');
    accepted(await ada.click('Destroy', ready));
    await ada.waitForModal('Destroy');
    await ada.fill({ name: 'wrong' });
    await ada.submit();
    await ada.waitFor((me) => me.modal()?.errors.name, 'an error at the name');
    await ada.fill({ name: orders });
    accepted(await ada.submit());
    await ada.waitFor(card(TEAM, new RegExp(`^Destroyed.*${orders} `)), 'the card destroyed');
    const audit = await bot.person('sam');
    await audit.waitForMessage('#audit', 'is gone, with its credentials');
  });

  it('asks about a message by its shortcut, and begins a request by the global one', async () => {
    const shown = await ada.waitFor(card(TEAM, new RegExp(`^Ready.*${ledger}`)), 'the card');
    accepted(await ada.shortcut('about_this_message', shown));
    await ada.waitFor(
      (me) =>
        me
          .messages(TEAM)
          .find(
            (message) =>
              message.ephemeralTo === me.id &&
              wholeText(message).includes(ledger) &&
              wholeText(message).includes('*Trail*'),
          ),
      'its status',
    );
    accepted(await ada.shortcut('request_something'));
    await ada.waitForModal('Request something');
    await ada.fill({ item: 'demo-service' });
    accepted(await ada.submit());
    await ada.waitForModal('Demo service');
    await ada.close(true);
  });

  it('is refused as a guest, in words', async () => {
    const gus = await bot.person('gus');
    await gus.slash('/qm', '#general');
    await gus.waitForMessage('#general', 'Guests cannot use Quartermaster');
  });
});
