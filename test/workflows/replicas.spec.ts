import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { defaultSeed, type Playground } from '../../src/playground/index.js';
import { environmentFor, playgroundFor, TOKENS } from '../builders/bot-on-playground.js';
import { BotProcess } from '../builders/bot-process.js';
import { createTestDatabase, type TestDatabase } from '../builders/database.js';
import { freePort } from '../builders/free-port.js';
import { SlackPerson } from '../builders/slack-person.js';

jest.setTimeout(120_000);

describe('two replicas, to which Slack brings the same delivery', () => {
  let playground: Playground;
  let database: TestDatabase;
  let folder: string;
  let ports: number[];
  let bots: BotProcess[];
  let lea: SlackPerson;
  let count = 0;

  beforeAll(async () => {
    ports = [await freePort(), await freePort()];
    [database, playground] = await Promise.all([createTestDatabase({ poolSize: 2 }), playgroundFor('http', ports[0]!)]);
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-replicas-'));
    bots = ports.map(
      (port) =>
        new BotProcess({
          ...environmentFor('http', { port, folder, database, playground }),
          EXECUTOR_ID: `replica-${port}`,
        }),
    );
    await Promise.all(bots.map((bot) => bot.start()));
    lea = new SlackPerson(playground.url, defaultSeed().users.find(({ name }) => name === 'lea')?.id ?? '');
    await lea.connect();
  });
  afterAll(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await lea.leave();
    await playground.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function deliver(port: number, form: Record<string, string>): Promise<string> {
    const body = new URLSearchParams(form).toString();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', TOKENS.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    const answer = await fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
      },
      body,
    });
    expect(answer.status).toBe(200);
    return answer.text();
  }
  const toBoth = (form: Record<string, string>): Promise<string[]> =>
    Promise.all(ports.map((port) => deliver(port, form)));
  const command = (text: string): Record<string, string> => ({
    command: '/qm',
    text,
    user_id: lea.id,
    team_id: lea.screen.team.id,
    channel_id: lea.channel('#general')!.id,
    trigger_id: `trigger-${(count += 1)}`,
  });
  const calls = async (method: string): Promise<number> => {
    const answer = await fetch(`${playground.url}/control/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method }),
    });
    return ((await answer.json()) as { calls: unknown[] }).calls.length;
  };

  it('carries out a command that changes something once, and answers it once', async () => {
    for (let n = 1; n <= 5; n += 1) {
      const answers = await toBoth(command(n % 2 === 1 ? 'away 3 days' : 'away back'));
      expect(answers.filter((text) => text !== '')).toHaveLength(1);
      const told = await database.transactions.query(`select id from audit_events where subject_id = $1`, [lea.id]);
      expect(told).toHaveLength(n);
    }
  });

  it('may answer twice what only looks', async () => {
    const answers = await toBoth(command('help'));
    expect(answers.map((text) => text.includes('/qm request'))).toEqual([true, true]);
  });

  it('opens one modal for a shortcut and for a command', async () => {
    const before = await calls('views.open');
    const trigger = `trigger-${(count += 1)}`;
    const shortcut = {
      type: 'shortcut',
      callback_id: 'request_something',
      trigger_id: trigger,
      user: { id: lea.id, team_id: lea.screen.team.id },
      team: { id: lea.screen.team.id },
    };
    await toBoth({ payload: JSON.stringify(shortcut) });
    await toBoth(command('request demo-service'));
    // They finish what they have in hand.
    await Promise.all(bots.map((bot) => bot.stop()));
    expect((await calls('views.open')) - before).toBe(2);
  });
});
