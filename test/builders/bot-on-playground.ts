import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Application, startApplication } from '../../src/application.js';
import { parseEnv } from '../../src/config/index.js';
import { type ControlRequests, defaultSeed, type Playground, startPlayground } from '../../src/playground/index.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { SlackPerson } from './slack-person.js';

export const TOKENS = {
  botToken: 'xoxb-journey',
  appToken: 'xapp-journey',
  signingSecret: 'a-signing-secret-for-journeys',
};

/** Those of the manifest, and no more. */
export function grantedScopes(): string[] {
  const manifest = parse(readFileSync('slack-app-manifest.yaml', 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } };
  };
  return [...manifest.oauth_config.scopes.bot];
}

export type Mode = 'http' | 'socket';

/** A playground for a bot that listens at this port. */
export function playgroundFor(mode: Mode, port: number, uiDirectory?: string): Promise<Playground> {
  return startPlayground({
    environment: 'test',
    host: '127.0.0.1',
    port: 0,
    app: {
      ...TOKENS,
      scopes: grantedScopes(),
      commands: [{ command: '/qm', usageHint: '', description: '' }],
      shortcuts: [
        { callbackId: 'request_something', name: 'Request something', type: 'global' },
        { callbackId: 'about_this_message', name: 'About this message', type: 'message' },
      ],
    },
    ...(uiDirectory !== undefined && { uiDirectory }),
    delivery: mode === 'socket' ? { mode } : { mode, requestUrl: `http://127.0.0.1:${port}/slack/events` },
  });
}

/** What a bot has to be told to work with that playground. */
export function environmentFor(
  mode: Mode,
  {
    port,
    folder,
    database,
    playground,
  }: { port: number; folder: string; database: Pick<TestDatabase, 'url' | 'serverUrl'>; playground: Playground },
): Record<string, string> {
  return {
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    PROVISION_POSTGRES_URL: `${database.serverUrl}/postgres`,
    LOG_LEVEL: process.env.QM_TEST_LOG === undefined ? 'error' : 'debug',
    SLACK_BOT_TOKEN: TOKENS.botToken,
    SLACK_API_URL: playground.apiUrl,
    ...(mode === 'socket' ? { SLACK_APP_TOKEN: TOKENS.appToken } : { SLACK_SIGNING_SECRET: TOKENS.signingSecret }),
  };
}

/** The real bot in this process, as main starts it, on a playground of its own, with people in front of it. */
export class BotOnPlayground {
  private readonly people = new Map<string, SlackPerson>();

  private constructor(
    readonly url: string,
    readonly playground: Playground,
    readonly database: TestDatabase,
    private application: Application,
    /** DATA_DIR */
    readonly folder: string,
  ) {}

  static async start(mode: Mode, change: Record<string, string> = {}, uiDirectory?: string): Promise<BotOnPlayground> {
    const [database, port] = [await createTestDatabase({ poolSize: 2 }), await freePort()];
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-journey-'));
    const playground = await playgroundFor(mode, port, uiDirectory);
    const env = parseEnv({ ...environmentFor(mode, { port, folder, database, playground }), ...change });
    const application = await startApplication(env);
    return new BotOnPlayground(`http://127.0.0.1:${port}`, playground, database, application, folder);
  }

  /** Somebody of the seeded workspace, with their page open. */
  async person(name: string): Promise<SlackPerson> {
    const user = defaultSeed().users.find((one) => one.name === name);
    if (user === undefined) throw new Error(`Nobody is called ${name}.`);
    const person = this.people.get(name) ?? new SlackPerson(this.playground.url, user.id);
    this.people.set(name, person);
    await person.connect();
    return person;
  }

  async control<K extends keyof ControlRequests>(name: K, body: ControlRequests[K]): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.playground.url}/control/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  async stop(): Promise<void> {
    for (const person of this.people.values()) await person.leave();
    await this.application.stop('the test is over');
    await this.playground.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
