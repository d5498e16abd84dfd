import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { CheckpointSink, SigningKey, verifyAudit } from '../../src/audit/index.js';
import { EmbeddedServer } from '../../src/platform/database/index.js';
import { defaultSeed, type Playground } from '../../src/playground/index.js';
import { environmentFor, playgroundFor } from '../builders/bot-on-playground.js';
import { BotProcess } from '../builders/bot-process.js';
import { asAdmin } from '../builders/database.js';
import { freePort } from '../builders/free-port.js';
import { SlackPerson } from '../builders/slack-person.js';

jest.setTimeout(300_000);

const TEAM = '#team-payments';
const DATABASE = 'quartermaster';

describe('PostgreSQL, crashed and started again under a running bot', () => {
  let server: EmbeddedServer;
  let folder: string;
  let playground: Playground;
  let bot: BotProcess;
  let url: string;
  let ada: SlackPerson;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-crash-'));
    // Started as root, PostgreSQL runs as another user, who must be able to get here.
    await chmod(folder, 0o755);
    server = await EmbeddedServer.start({ folder: join(folder, 'postgres'), port: 0 });
    await asAdmin(server.baseUrl, (admin) => admin.query(`create database ${DATABASE}`));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    playground = await playgroundFor('http', port);
    const database = { url: server.url(DATABASE), serverUrl: server.baseUrl };
    bot = new BotProcess(environmentFor('http', { port, folder, database, playground }));
    await bot.start();
    ada = new SlackPerson(playground.url, defaultSeed().users.find(({ name }) => name === 'ada')?.id ?? '');
    await ada.connect();
  });
  afterAll(async () => {
    await bot.stop();
    await ada.leave();
    await playground.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const rows = (sql: string, parameters: unknown[] = []): Promise<unknown[]> =>
    asAdmin(
      server.baseUrl,
      async (admin) => (await admin.query<Record<string, unknown>>(sql, parameters)).rows,
      DATABASE,
    );

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const patience = AbortSignal.timeout(90_000); !patience.aborted; ) if (await isSo()) return;
    throw new Error(`It never came true: ${what}. The bot said:\n${bot.log.slice(-3000)}`);
  }

  /** As when the machine loses its power: no transaction is ended properly. */
  async function crash(): Promise<void> {
    const [pid = ''] = (await readFile(join(server.dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGQUIT');
    await until('the server is gone', () =>
      rows('select 1').then(
        () => false,
        () => true,
      ),
    );
  }

  async function sends(name: string): Promise<void> {
    await ada.slash('/qm request postgres-database', TEAM);
    await ada.waitForModal('PostgreSQL database');
    await ada.fill({ 'param:name': name, environment: 'development' });
    await ada.submit();
    await ada.waitFor((me) => me.modal()?.submit === 'Send request', 'a plan that may be sent');
    await ada.submit();
  }

  it.each(['running', 'succeeded'])('as a step is %s: the run goes on, and makes one of each', async (state) => {
    const name = `crash_${randomBytes(3).toString('hex')}`;
    await sends(name);
    await until(`a step is ${state}`, async () => {
      const found = await rows(
        `select 1 from step_runs join requests on requests.run_id = step_runs.run_id
         where parameters ->> 'name' = $1 and step_runs.state = $2`,
        [name, state],
      );
      return found.length > 0;
    });
    await crash();
    await ada.slash('/qm resources', TEAM);
    await ada.waitForMessage(TEAM, /database of Quartermaster can’t be reached/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    server = await EmbeddedServer.start({ folder: join(folder, 'postgres'), port: server.port });

    await ada.waitFor(
      (me) => me.messages(TEAM).find(({ text }) => text.startsWith('Ready') && text.includes(name)),
      'the card ready',
    );
    expect(
      await rows(
        `select requests.state, (select count(*)::integer from runs where subject_id = requests.id) as runs,
           (select count(*)::integer from pg_database where datname like '%' || $1) as databases,
           (select count(*)::integer from pg_roles where rolname like '%' || $1) as roles
         from requests where parameters ->> 'name' = $1`,
        [name],
      ),
    ).toEqual([{ state: 'ready', runs: 1, databases: 1, roles: 1 }]);
    expect(
      ada.messages(TEAM).filter(({ ephemeralTo, text }) => ephemeralTo === undefined && text.includes(name)),
    ).toHaveLength(1);
    await until('the bot is healthy', async () => (await fetch(`${url}/health/ready`)).ok);
  });

  it('leaves a trail that is whole', async () => {
    const key = await SigningKey.loadExisting({ file: join(folder, 'audit-signing.key') });
    const sink = new CheckpointSink(join(folder, 'audit-checkpoints.jsonl'));
    const query = <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
      rows(sql, [...parameters]) as Promise<Row[]>;
    expect(await verifyAudit({ query }, key, sink)).toMatchObject({ ok: true, findings: [] });
  });
});
