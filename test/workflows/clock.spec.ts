import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { defaultSeed, type Playground } from '../../src/playground/index.js';
import { environmentFor, playgroundFor } from '../builders/bot-on-playground.js';
import { BotProcess, withShiftedClock } from '../builders/bot-process.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { freePort } from '../builders/free-port.js';
import { SlackPerson } from '../builders/slack-person.js';

jest.setTimeout(240_000);

const TEAM = '#team-payments';
const TEN_MINUTES = 600_000;

// Over Socket Mode: signed HTTP refuses what is five minutes from the bot's own clock, as it should.
describe('a bot whose clock is ten minutes fast, and then ten minutes slow', () => {
  let playground: Playground;
  let database: TestDatabase;
  let folder: string;
  let bot: BotProcess;
  let environment: Record<string, string>;
  let port: number;
  let ada: SlackPerson;

  beforeAll(async () => {
    port = await freePort();
    [database, playground] = await Promise.all([createTestDatabase({ poolSize: 2 }), playgroundFor('socket', port)]);
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-clock-'));
    environment = environmentFor('socket', { port, folder, database, playground });
    bot = new BotProcess({ ...environment, ...withShiftedClock(TEN_MINUTES) });
    await bot.start();
    ada = new SlackPerson(playground.url, defaultSeed().users.find(({ name }) => name === 'ada')?.id ?? '');
    await ada.connect();
  });
  afterAll(async () => {
    await bot.stop();
    await ada.leave();
    await playground.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const card = (name: string, text: RegExp) => (me: SlackPerson) =>
    me.messages(TEAM).find((message) => text.test(message.text) && message.text.includes(name));
  async function makes(name: string): Promise<void> {
    await ada.slash('/qm request demo-service', TEAM);
    await ada.waitForModal('Demo service');
    await ada.fill({ 'param:name': name, 'param:ticks': 1, 'param:flakiness': 0, environment: 'development' });
    await ada.submit();
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    await ada.submit();
    await ada.waitFor(card(name, /^Ready/), `the card of ${name} ready`);
  }
  const minutesLeft = async (name: string): Promise<number> => {
    const [row] = await database.transactions.query<{ minutes: number }>(
      `select (extract(epoch from lease_ends_at - now()) / 60)::float8 as minutes from resources where title = 'Demo ' || $1`,
      [name],
    );
    return row?.minutes ?? Number.NaN;
  };
  const ends = (changes: Record<string, string>): Promise<unknown> =>
    database.transactions.query(
      `update resources set lease_ends_at = now() + wanted.left::interval
       from jsonb_each_text($1) as wanted (name, "left") where title = 'Demo ' || wanted.name`,
      [JSON.stringify(changes)],
    );

  it('gives leases by the database’s time', async () => {
    await makes('early');
    expect(Math.abs((await minutesLeft('early')) - 4 * 60)).toBeLessThan(5);
  });

  it('fast: ends no lease before its time', async () => {
    await makes('over');
    await ends({ early: '5 minutes', over: '-1 second' });
    await ada.waitFor(card('over', /^Destroyed/), 'the one that is over destroyed');
    expect(await database.transactions.query(`select state from resources where title = 'Demo early'`)).toEqual([
      { state: 'active' },
    ]);
  });

  it('set back while it runs: says that it begins no run here', async () => {
    bot.jumpClock();
    const engine = async (): Promise<{ ok: boolean; detail: string }> => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      const { checks } = (await answer.json()) as { checks: { engine: { ok: boolean; detail: string } } };
      return checks.engine;
    };
    let seen = await engine();
    while (seen.ok) seen = await engine();
    expect(seen.detail).toMatch(/clock was set back by 1\d{3} s: restart this process/);
    while (!bot.log.includes('clock was set back')) await engine();
  });

  it('slow, started again: ends leases in time, and makes what is asked for', async () => {
    await bot.stop();
    bot = new BotProcess({ ...environment, ...withShiftedClock(-TEN_MINUTES) });
    await bot.start();
    await makes('later');
    expect(Math.abs((await minutesLeft('later')) - 4 * 60)).toBeLessThan(5);
    await ends({ early: '-1 second' });
    await ada.waitFor(card('early', /^Destroyed/), 'the one that is over now destroyed');
  });
});
