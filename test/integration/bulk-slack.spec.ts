import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { PlaygroundMessage } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const fresh = (word: string): string => `${word}-${randomBytes(3).toString('hex')}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

function words(view: { blocks: unknown } | undefined): string {
  return JSON.stringify(view?.blocks ?? '');
}

describe('many requests of one file', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let lea: SlackPerson;
  const [one, two, three] = [fresh('one'), fresh('two'), fresh('three')];
  const rows = [
    `demo-service,development,${one},0`,
    `demo-service,staging,${two},0`,
    `demo-service,production,${three},0`,
  ];
  const file = `item,environment,name,flakiness\n${rows.join('\n')}\n`;

  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    [ada, lea] = [await bot.person('ada'), await bot.person('lea')];
  });
  afterAll(() => bot.stop());

  async function open(command = '/qm bulk'): Promise<void> {
    accepted(await ada.slash(command, TEAM));
    await ada.waitForModal('Many requests');
  }
  async function shows(text: string | RegExp): Promise<string> {
    const view = await ada.waitFor((me) => [me.modal()].find((now) => words(now).search(text) >= 0), `“${text}”`);
    return words(view);
  }
  async function checked(text: string, expected: string | RegExp): Promise<string> {
    await ada.fill({ text });
    accepted(await ada.submit());
    return shows(expected);
  }
  const card = (text: RegExp) => (me: SlackPerson) =>
    me.messages(TEAM).find((message) => message.ephemeralTo === undefined && text.test(message.text));

  it('begins with the headings of an item', async () => {
    await open('/qm bulk demo-service');
    expect(words(ada.modal())).toContain('"initial_value":"item,environment,name');
    await ada.close(true);
  });

  it('says by line all that is to mend, and keeps what was pasted', async () => {
    await open();
    expect((await ada.submit()).errors).toEqual({ text: 'Paste something, or choose a file.' });
    const bad = `item,environment,name,colour\ndemo-servis,development,a,\ndemo-service,nowhere,${one},\ndemo-service,development,NO,\ndemo-service,development,${two},blue\n`;
    const told = await checked(bad, 'to mend');
    expect(told).toContain('Line 2: There is no such item in the catalog. Did you mean demo-service?');
    expect(told).toContain('Line 3: ');
    expect(told).toContain('Line 4: ');
    expect(told).toContain('Line 5: “colour” is nothing that demo-service asks for');
    expect(told).toContain('"initial_value":"item,environment,name,colour');
    const twins = await checked(`item,name\ndemo-service,${one}\ndemo-service,${one}\n`, 'is the same as line 2');
    expect(twins).toContain('1 thing to mend');
    await ada.close(true);
  });

  it('shows the plan of all, sends them once, and follows them on one card', async () => {
    await open();
    const plan = await checked(file, 'Line by line');
    expect(plan).toContain('*Requests*\\n3');
    expect(plan).toContain('*Made at once*\\n2');
    expect(plan).toContain('1 times: ');
    expect(plan).toContain(three);
    accepted(await ada.submit());
    await shows('on their way');
    await ada.close(true);
    const waiting = await ada.waitFor(card(/^2 of 3 ready/), 'two ready');
    const text = wholeText(waiting);
    expect(text).toContain(`⏳ 4 · Demo ${three}`);
    expect(text).toMatch(/archives\/C\w+\/p\d+\|req-/);
    const approval = await lea.waitFor(
      (me) =>
        me
          .messages('#approvals')
          .find(
            (message: PlaygroundMessage) => wholeText(message).includes(three) || message.text.includes('production'),
          ),
      'the approval',
    );
    accepted(await lea.react(approval, 'white_check_mark'));
    const done = await ada.waitFor(card(/^Ended: 3 of 3 ready/), 'all ready');
    expect(done.ts).toBe(waiting.ts);
    await ada.waitFor(
      (me) => me.messages(me.botDm()?.id ?? '').find((message) => wholeText(message).includes('Of your 3 requests')),
      'a word that all have ended',
    );
  });

  it('takes a file, and says that the same was sent before, in whatever format', async () => {
    await open();
    const entry = (row: string): string => {
      const [item, environment, name] = row.split(',');
      return `  - { item: ${item}, environment: ${environment}, parameters: { name: ${name}, flakiness: 0 } }`;
    };
    await ada.attach('file', 'services.yaml', `requests:\n${rows.map(entry).join('\n')}\n`);
    accepted(await ada.submit());
    expect(await shows('were sent already')).toContain('Nothing was requested again');
    await ada.attach(
      'file',
      'more.yaml',
      `defaults: { item: demo-service }\nrequests:\n  - parameters: { name: ${fresh('more')}, flakiness: 0 }\n`,
    );
    accepted(await ada.submit());
    await shows('Line by line');
    accepted(await ada.submit());
    await shows('on their way');
    await ada.close(true);
    expect(wholeText(await ada.waitFor(card(/^Ended: 1 of 1 ready/), 'ready'))).toContain('of more.yaml');
  });
});
