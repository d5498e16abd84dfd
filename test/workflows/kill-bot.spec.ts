import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { CheckpointSink, SigningKey, verifyAudit } from '../../src/audit/index.js';
import { defaultSeed, type Playground, type PlaygroundMessage } from '../../src/playground/index.js';
import { environmentFor, playgroundFor } from '../builders/bot-on-playground.js';
import { BotProcess } from '../builders/bot-process.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../builders/database.js';
import { freePort } from '../builders/free-port.js';
import { runOutClaims } from '../builders/run-out-claims.js';
import { type ActAnswer, SlackPerson, wholeText } from '../builders/slack-person.js';

// Each journey dies four times, and each time a whole bot has to start.
jest.setTimeout(180_000);

const TEAM = '#team-payments';
const APPROVALS = '#approvals';

/** When to kill: as soon as this query, given the name of what was asked for, answers a row. */
interface Moment {
  readonly what: string;
  readonly seen: string;
  /** Looked for on the server that is provisioned on. */
  readonly outside?: boolean;
}

const AT_ONCE: Moment = { what: 'at once', seen: 'select $1::text' };
const ASKED = `from requests where parameters ->> 'name' = $1`;
const OF_APPROVAL = `(select approval_id ${ASKED})`;
const cardOf = (kind: string, id: string, state: string): string =>
  `select 1 from cards where subject_kind = '${kind}' and subject_id = ${id} and state = '${state}'`;
const stepIs = (kind: string, name: string, states: string): string =>
  `select 1 from step_runs join runs on runs.id = run_id
   where runs.kind = '${kind}' and step_runs.name = '${name}' and step_runs.state in (${states})
     and subject_id in (select id ${ASKED} union select resource_id ${ASKED})`;
const resourceIs = (states: string): string =>
  `select 1 from resources where state in (${states}) and id = (select resource_id ${ASKED})`;
const roles = (count: number): string =>
  `select 1 where (select count(*) from pg_roles where rolname like '%' || $1) = ${count}`;
const databases = (count: number): string =>
  `select 1 where (select count(*) from pg_database where datname like '%' || $1) = ${count}`;

interface Journey {
  readonly vote: 'reaction' | 'button' | 'while it is down';
  readonly sent: Moment;
  readonly voted: Moment;
  readonly running: Moment;
  readonly destroyed: Moment;
}

const JOURNEYS: readonly Journey[] = [
  {
    vote: 'reaction',
    sent: AT_ONCE,
    voted: { what: 'as the vote is counted', seen: `select 1 from votes where approval_id = ${OF_APPROVAL}` },
    running: { what: 'before its first step is done', seen: stepIs('apply', 'role', `'running', 'succeeded'`) },
    destroyed: AT_ONCE,
  },
  {
    vote: 'button',
    sent: { what: 'as the request is there', seen: `select 1 ${ASKED}` },
    voted: {
      what: 'as the click is written down',
      seen: `select 1 from cast_votes where approval_id = ${OF_APPROVAL}`,
    },
    running: { what: 'as the role is there', seen: roles(1), outside: true },
    destroyed: { what: 'as the destruction is decided', seen: resourceIs(`'destroying', 'destroyed'`) },
  },
  {
    vote: 'while it is down',
    sent: { what: 'as the approval’s card is posted', seen: cardOf('approval', OF_APPROVAL, 'posting') },
    voted: AT_ONCE,
    running: { what: 'as the database is there', seen: databases(1), outside: true },
    destroyed: { what: 'as the database is gone', seen: databases(0), outside: true },
  },
  {
    vote: 'reaction',
    sent: { what: 'as the request’s card is shown', seen: cardOf('request', `(select id ${ASKED})`, 'shown') },
    voted: {
      what: 'as the approval is decided',
      seen: `select 1 from approvals where state = 'approved' and id = ${OF_APPROVAL}`,
    },
    running: { what: 'as it is ready, before its card says so', seen: `select 1 ${ASKED} and state = 'ready'` },
    destroyed: { what: 'as it is over, before its card says so', seen: resourceIs(`'destroyed'`) },
  },
];

describe('the whole bot, killed at any moment and started again, with people in front of Slack', () => {
  let playground: Playground;
  let database: TestDatabase;
  let folder: string;
  let bot: BotProcess;
  let ada: SlackPerson;
  let lea: SlackPerson;

  beforeAll(async () => {
    const port = await freePort();
    [database, playground] = await Promise.all([createTestDatabase({ poolSize: 4 }), playgroundFor('http', port)]);
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-killed-'));
    bot = new BotProcess({
      ...environmentFor('http', { port, folder, database, playground }),
      EXECUTOR_ID: 'the-only-one',
    });
    await bot.start();
    const person = async (name: string): Promise<SlackPerson> => {
      const one = new SlackPerson(playground.url, defaultSeed().users.find((user) => user.name === name)?.id ?? '');
      await one.connect();
      return one;
    };
    [ada, lea] = [await person('ada'), await person('lea')];
  });
  afterEach(() => {
    expect(bot.log).not.toContain('Warning: ');
  });
  afterAll(async () => {
    await bot.stop();
    await Promise.all([ada.leave(), lea.leave()]);
    await playground.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Does it, and kills the bot when the moment is seen; the person tries again if they were told that it did not work. */
  async function killed(moment: Moment, name: string, act: () => Promise<ActAnswer>): Promise<void> {
    const answer = act();
    await seen(moment, name);
    expect(await bot.kill()).toBe(true);
    const { ok } = await answer;
    await startAgain();
    if (!ok) await act();
  }

  async function startAgain(): Promise<void> {
    await runOutClaims(database.transactions);
    await bot.start();
  }

  async function seen({ what, seen: sql, outside = false }: Moment, name: string): Promise<void> {
    for (const patience = AbortSignal.timeout(150_000); !patience.aborted; ) {
      const rows = outside
        ? await asAdmin(database.serverUrl, async (admin) => (await admin.query(sql, [name])).rows)
        : await database.transactions.query(sql, [name]);
      if (rows.length > 0) return;
    }
    throw new Error(`Never seen: ${what}. The bot said:\n${bot.log.slice(-3000)}`);
  }

  const cards = (person: SlackPerson, channel: string, name: string): PlaygroundMessage[] =>
    person
      .messages(channel)
      .filter((message) => message.ephemeralTo === undefined && wholeText(message).includes(name));
  const card = (channel: string, name: string, text: RegExp) => (me: SlackPerson) =>
    cards(me, channel, name).find((message) => text.test(message.text));

  async function fillsTheForm(name: string): Promise<void> {
    await ada.slash('/qm request postgres-database', TEAM);
    await ada.waitForModal('PostgreSQL database');
    await ada.fill({ 'param:name': name, environment: 'production' });
    await ada.submit();
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
  }

  /** Not answered, they press again; who was told that it is sent has no form before them any more. */
  async function sends(): Promise<ActAnswer> {
    return ada.modal() === undefined ? { ok: true } : ada.submit();
  }

  async function votes({ vote, voted }: Journey, name: string): Promise<void> {
    const asked = await lea.waitFor(card(APPROVALS, name, /^Approval wanted/), 'the approval card');
    if (vote !== 'while it is down')
      return killed(voted, name, () =>
        vote === 'button' ? lea.click('Approve', asked) : lea.react(asked, 'white_check_mark'),
      );
    await bot.kill();
    await lea.react(asked, 'white_check_mark');
    await startAgain();
  }

  async function destroys(moment: Moment, name: string): Promise<void> {
    const ready = await ada.waitFor(card(TEAM, name, /^Ready/), 'the card ready');
    await ada.click('Destroy', ready);
    await ada.waitForModal('Destroy');
    await ada.fill({ name });
    await killed(moment, name, () => (ada.modal() === undefined ? Promise.resolve({ ok: true }) : ada.submit()));
    await ada.waitFor(card(TEAM, name, /^Destroyed/), 'the card destroyed');
  }

  it.each(JOURNEYS)(
    'a request sent (killed $sent.what), voted on by $vote (killed $voted.what), made (killed $running.what), destroyed (killed $destroyed.what)',
    async (journey) => {
      const name = `killed_${randomBytes(3).toString('hex')}`;
      await fillsTheForm(name);
      await killed(journey.sent, name, sends);
      await votes(journey, name);
      await seen(journey.running, name);
      expect(await bot.kill()).toBe(true);
      await startAgain();
      await ada.waitFor(card(TEAM, name, /^Ready/), 'the card ready');
      await seen({ what: 'one role', seen: roles(1), outside: true }, name);
      await seen({ what: 'one database', seen: databases(1), outside: true }, name);
      await destroys(journey.destroyed, name);

      const once = (sql: string): Promise<unknown> => database.transactions.query(sql, [name]);
      expect(await once(`select state ${ASKED}`)).toEqual([{ state: 'ready' }]);
      expect(await once(`select state from resources where title like $1 || ' %'`)).toEqual([{ state: 'destroyed' }]);
      expect(await once(`select person_id, choice from votes where approval_id = ${OF_APPROVAL}`)).toEqual([
        { person_id: lea.id, choice: 'yes' },
      ]);
      expect(
        await once(`select kind, state from runs where subject_id in (select id ${ASKED} union select resource_id ${ASKED})
                    order by kind`),
      ).toEqual([
        { kind: 'apply', state: 'succeeded' },
        { kind: 'destroy', state: 'succeeded' },
      ]);
      expect([cards(ada, TEAM, name).length, cards(lea, APPROVALS, name).length]).toEqual([1, 1]);
      await seen({ what: 'no role', seen: roles(0), outside: true }, name);
      await seen({ what: 'no database', seen: databases(0), outside: true }, name);
      const events = `from audit_events where type <> 'step.started'
        and subject_id in (select unnest(array[id, resource_id, approval_id]) ${ASKED})`;
      expect(await once(`select type, summary ${events} group by type, summary having count(*) > 1`)).toEqual([]);
      expect(await once(`select type ${events} and type in ('request.submitted', 'approval.voted')`)).toHaveLength(2);
    },
  );

  it('leaves a trail that is whole', async () => {
    const key = await SigningKey.loadExisting({ file: join(folder, 'audit-signing.key') });
    const sink = new CheckpointSink(join(folder, 'audit-checkpoints.jsonl'));
    expect(await verifyAudit(database.transactions, key, sink)).toMatchObject({ ok: true, findings: [] });
  });
});
