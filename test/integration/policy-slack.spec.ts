import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';

jest.setTimeout(180_000);

const TEAM = '#team-payments';
const fresh = (word: string): string => `${word}_${randomBytes(3).toString('hex')}`;

describe('rules, in front of Slack', () => {
  let bot: BotOnPlayground;
  let ada: SlackPerson;
  let pia: SlackPerson;

  beforeAll(async () => {
    bot = await BotOnPlayground.start('socket');
    [ada, pia] = [await bot.person('ada'), await bot.person('pia')];
  });
  afterAll(async () => {
    await bot.stop();
  });

  /** The plan, as the modal shows it when it is there. */
  async function planOf(entries: Record<string, string>): Promise<string> {
    expect(await ada.slash('/qm request postgres-database', TEAM)).toMatchObject({ ok: true });
    await ada.waitForModal('PostgreSQL database');
    await ada.fill({ 'param:name': fresh('orders'), environment: 'development', ...entries });
    expect(await ada.submit()).toMatchObject({ ok: true });
    return ada.waitFor((me) => {
      const text = JSON.stringify(me.modal()?.blocks ?? '');
      return text.includes('Who decides') ? text : undefined;
    }, 'the plan');
  }

  async function explanation(who: SlackPerson, text: string, mark: string): Promise<string> {
    expect(await who.slash(`/qm explain ${text}`, TEAM)).toMatchObject({ ok: true });
    const message = await who.waitForMessage(TEAM, mark);
    expect(message.ephemeralTo).toBe(who.id);
    return wholeText(message);
  }

  it('refuses on the plan, with the rule’s words and nothing to send', async () => {
    const plan = await planOf({ 'param:purpose': 'logs in with AKIAIOSFODNN7EXAMPLE' });
    expect(plan).toContain('⛔ Something in the form looks like a secret.');
    expect(plan).toContain('secret-like-names');
    expect(ada.modal()?.submit ?? '').not.toBe('Send request');
    await ada.close(true);
  });

  it('wants an approval of the platform team for a large one, in development too', async () => {
    const plan = await planOf({ 'param:size': 'large', reason: 'The checkout keeps 30 connections open.' });
    expect(plan).toContain('⏳ A large database takes 40 of the server');
    expect(plan).toMatch(/approved by 1 member of Platform/);
    expect(await ada.submit()).toMatchObject({ ok: true });
    await ada.waitFor((me) => me.modal() === undefined, 'the modal closed');
    await ada.waitFor(
      (me) => me.messages(TEAM).find((message) => /Waiting|approval/i.test(message.text)),
      'a card that waits',
    );
  });

  it('warns during a SEV1, and still lets it be sent', async () => {
    await bot.database.transactions.query(
      `insert into incidents (id, idempotency_key, state, title, severity, description, declared_by, commander_id, trace_id)
       values ('inc-rules001', 'rules-1', 'open', 'All is down', 'sev1', '', $1, $1, 'trc-rules')`,
      [ada.id],
    );
    const plan = await planOf({});
    expect(plan).toContain('⚠️ A SEV1 is open that may touch development.');
    expect(plan).toContain('It is made as soon as you send it');
    expect(ada.modal()?.submit).toBe('Send request');
    await ada.close(true);
    await bot.database.transactions.query(`update incidents set state = 'resolved' where id = 'inc-rules001'`);
  });

  it('explains every rule for every environment, spoken or not', async () => {
    const text = await explanation(ada, 'postgres-database size=large', 'In production');
    expect(text).toContain('How the rules decide about *PostgreSQL database* for you, of the team *Payments*.');
    expect(text).toContain('In development: it needs an approval');
    expect(text).toMatch(/⏳ A large database takes 40 .*\(large-databases\)/);
    expect(text).toMatch(/▫️ Nothing to say: .*`production-freeze`/);
    expect(text).toMatch(/▫️ About something else: .*`long-production-leases`/);
    expect(text).toContain('▫️ Nothing to say: `production-needs-a-lead`, `only-members-request`');
    expect(text).toMatch(/Connections: \d+ of \d+ used, this takes 40/);
  });

  it('explains for somebody else only to those who may', async () => {
    expect(await explanation(ada, 'demo-service production as @lea', 'No rule lets you')).toContain(
      'Without “as …” it is explained for you.',
    );
    const text = await explanation(pia, 'demo-service production as @ada', 'In production');
    expect(text).toContain(`for <@${ada.id}>, of the team *Payments*`);
    expect(text).toContain('⏳ Production needs the approval of a lead');
    const own = await explanation(pia, 'demo-service production payments', 'for you, of the team *Payments*');
    expect(own).toContain('⛔ Only members of the owning team may request resources for it.');
    const events = await bot.database.transactions.query<{ n: string }>(
      `select count(*) as n from audit_events where type = 'policy.explained'`,
    );
    expect(events).toEqual([{ n: '1' }]);
  });

  it('helps with what was mistyped', async () => {
    expect(await explanation(ada, '', 'you may add an environment')).toContain('/qm explain postgres-database');
    expect(await explanation(ada, 'demo-service prodution', 'means here')).toContain('`prodution`');
    expect(await explanation(ada, 'demo-servce', 'demo-service')).toBeTruthy();
    expect(await explanation(pia, 'demo-service as @nobody', 'goes by that name')).toContain('e-mail address');
  });
});
