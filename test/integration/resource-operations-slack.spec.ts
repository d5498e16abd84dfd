import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import type { PlaygroundMessage } from '../../src/playground/index.js';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { asAdmin } from '../builders/database.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const name = `ops_${randomBytes(3).toString('hex')}`;
const database = `payments_development_${name}`;

function accepted(answer: { ok: boolean }): void {
  expect(answer).toEqual({ ...answer, ok: true });
}

describe('a living resource, in front of Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  beforeAll(async () => {
    bot = await BotOnPlayground.start('http');
    ada = await bot.person('ada');
  });
  afterAll(() => bot.stop());

  const limit = () =>
    asAdmin(bot.database.serverUrl, async (admin) => {
      const { rows } = await admin.query<{ n: number }>(
        'select datconnlimit as n from pg_database where datname = $1',
        [database],
      );
      return rows[0]?.n;
    });
  /** The card that everybody sees, with these words in it. */
  const card = (words: RegExp) => (me: SlackPerson) =>
    me
      .messages(TEAM)
      .find(
        (message: PlaygroundMessage) =>
          message.ephemeralTo === undefined && message.text.startsWith(name) && words.test(wholeText(message)),
      );
  const own = (words: RegExp) => (me: SlackPerson) =>
    me
      .messages(TEAM)
      .findLast(
        (message: PlaygroundMessage) =>
          message.ephemeralTo === me.id && message.text.startsWith(name) && words.test(wholeText(message)),
      );

  it('is requested', async () => {
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
  });

  it('shows what somebody changed by hand with SQL, and Reconcile puts it right', async () => {
    expect(await limit()).toBe(5);
    await asAdmin(bot.database.serverUrl, (admin) => admin.query(`alter database ${database} connection limit 77`));
    accepted(await ada.slash(`/qm resource ${name}`, TEAM));
    const first = await ada.waitFor(own(/Not looked at yet/), 'its card');
    accepted(await ada.click('Check now', first));
    const shown = await ada.waitFor(card(/connection limit is 77, should be 5/), 'the difference on the card');
    accepted(await ada.click('Reconcile', shown));
    await ada.waitFor(card(/✅ \*Reconcile\* · done/), 'reconciled');
    expect(await limit()).toBe(5);
  });

  it('is accepted as it is, with a reason; an empty one is refused', async () => {
    await asAdmin(bot.database.serverUrl, (admin) => admin.query(`alter database ${database} connection limit 6`));
    accepted(await ada.click('Check now', await ada.waitFor(card(/Check now/), 'the card')));
    const shown = await ada.waitFor(card(/connection limit is 6, should be 5/), 'the difference');
    accepted(await ada.click('Accept…', shown));
    await ada.waitForModal('Accept the change');
    await ada.fill({ reason: 'agreed with the platform team' });
    accepted(await ada.submit());
    await ada.waitFor(card(/As it was made/), 'accepted');
  });

  it('is looked after from the card of its request, whose thread tells what happened to it', async () => {
    const request = await ada.waitFor(
      (me) => me.messages(TEAM).find(({ text }) => text.startsWith('Ready') && text.includes(name)),
      'the card of the request',
    );
    accepted(await ada.click('More', request));
    await ada.waitFor(own(/Change size/), 'what can be done to it');
    const said = (words: RegExp) =>
      ada.waitFor(
        (me) => me.messages(TEAM).find((message) => message.threadTs === request.ts && words.test(wholeText(message))),
        String(words),
      );
    await said(/was changed behind our back: .*connection limit is 77/);
    await said(/finished “Reconcile”/);
  });

  it('is left as it was when what is done to it is cancelled', async () => {
    const blocker = new pg.Client({ connectionString: `${bot.database.serverUrl}/postgres` });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query(`alter database ${database} connection limit 6`);
      accepted(await ada.click('Change size…', await ada.waitFor(card(/Change size/), 'the card')));
      await ada.waitForModal('Change size');
      await ada.fill({ 'param:size': 'medium' });
      accepted(await ada.submit());
      await ada.waitForModal('The plan');
      accepted(await ada.submit());
      accepted(
        await ada.click('Cancel', await ada.waitFor(card(/Change size\* · is being done[^]*Cancel/), 'a way out')),
      );
      await ada.waitFor(
        (me) =>
          me
            .messages(TEAM)
            .find((message) => message.ephemeralTo === me.id && message.text.includes('is being stopped')),
        'told',
      );
    } finally {
      await blocker.query('rollback');
      await blocker.end();
    }
    await ada.waitFor(card(/❌ \*Change size\* · failed[^]*Cancelled by/), 'cancelled');
    expect(await limit()).toBe(6);
  });

  it('is resized by its button: form, plan, done, and really so', async () => {
    accepted(await ada.click('Change size…', await ada.waitFor(card(/Change size/), 'the card')));
    await ada.waitForModal('Change size');
    await ada.fill({ 'param:size': 'medium' });
    accepted(await ada.submit());
    const plan = await ada.waitForModal('The plan');
    expect(JSON.stringify(plan.blocks)).toContain('6 → 15');
    accepted(await ada.submit());
    await ada.waitFor(card(/✅ \*Change size\* · done/), 'resized');
    expect(await limit()).toBe(15);
  });

  it('gets a new password by its button, that works', async () => {
    accepted(await ada.click('Rotate password…', await ada.waitFor(card(/Rotate password/), 'the card')));
    await ada.waitForModal('Rotate password');
    accepted(await ada.submit());
    await ada.waitForModal('The plan');
    accepted(await ada.submit());
    await ada.waitFor(card(/✅ \*Rotate password\* · done/), 'rotated');
  });
});
