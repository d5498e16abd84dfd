import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createEmulator, type Emulator } from 'emulate';
import { AppModule } from '../../src/app.module.js';
import { parseEnv } from '../../src/config/index.js';
import type { Foundations } from '../../src/foundations.js';
import { Metrics } from '../../src/observability/index.js';
import { Durable, durableLogger } from '../../src/platform/durable/index.js';
import { Logger, NestLogger } from '../../src/platform/logging/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { SlackApp } from '../../src/slack/index.js';
import { SlackClient } from '../../src/slack/web/slack-client.js';
import { slackLogger } from '../../src/slack/web/slack-logger.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';

const NAMES = ['ada', 'ben', 'lea', 'oli', 'pia', 'sam'] as const;
export type Name = (typeof NAMES)[number];
const SIGNING_SECRET = randomBytes(16).toString('hex');

/** The whole bot, in this process, on a Slack that somebody else wrote; deliveries are signed and sent over real HTTP. */
export class BotOnEmulator {
  private constructor(
    readonly nest: NestExpressApplication,
    readonly database: TestDatabase,
    /** Slack as the bot sees it. */
    readonly slack: SlackClient,
    private readonly durable: Durable,
    private readonly emulator: Emulator,
    private readonly folder: string,
    private readonly teamId: string,
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  static async start(channels: readonly string[]): Promise<BotOnEmulator> {
    const emulator = await createEmulator({
      service: 'slack',
      port: await freePort(),
      seed: {
        tokens: Object.fromEntries(
          ['quartermaster', ...NAMES].map((login) => [`xoxb-${login}`, { login, scopes: [] }]),
        ),
        slack: {
          team: { name: 'Test', domain: 'test' },
          users: ['quartermaster', ...NAMES].map((name) => ({ name, email: `${name}@quartermaster.test` })),
          channels: channels.map((name) => ({ name })),
        },
      },
    });
    const slack = clientOf(emulator, 'quartermaster');
    const { members } = await slack.users.list({});
    const ids = new Map(members?.map(({ name, id }) => [name ?? '', id ?? '']));
    const { team_id: teamId } = await slack.auth.test();
    const database = await createTestDatabase({ poolSize: 20 });
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-emulator-'));
    const logger = Logger.silent();
    const foundations: Foundations = {
      env: parseEnv({ NODE_ENV: 'test', DATA_DIR: folder, DATABASE_URL: database.url }),
      redactor: new Redactor(),
      logger,
      metrics: new Metrics(),
      dataSource: database.dataSource,
      durable: new Durable({
        databaseUrl: database.url,
        executorId: 'emulator',
        logger: durableLogger(logger),
        drainMilliseconds: 5_000,
      }),
      provisionPostgresUrl: `${database.serverUrl}/postgres`,
      embedded: null,
      publicUrl: 'http://127.0.0.1:1',
    };
    const connection = {
      kind: 'workspace' as const,
      botToken: 'xoxb-quartermaster',
      apiUrl: `${emulator.url}/api/`,
      transport: { mode: 'http' as const, signingSecret: SIGNING_SECRET },
    };
    const nest = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(foundations, connection), {
      bodyParser: false,
      abortOnError: false,
      logger: new NestLogger(logger),
    });
    nest.get(SlackApp).mount(nest);
    await nest.listen(0, '127.0.0.1');
    await foundations.durable.launch();
    await nest.get(SlackApp).start();
    return new BotOnEmulator(nest, database, slack, foundations.durable, emulator, folder, teamId ?? '', ids);
  }

  id(name: Name): string {
    return this.ids.get(name) ?? '';
  }

  /** Slack as that person sees it. */
  as(name: Name): SlackClient {
    return clientOf(this.emulator, name);
  }

  /** Sends a form. Answers what the bot answered. */
  submit(
    name: Name,
    view: { id: string; callback_id: string; private_metadata?: string; values: object },
  ): Promise<string> {
    const { values, ...rest } = view;
    return this.interaction(name, {
      type: 'view_submission',
      view: { type: 'modal', private_metadata: '', hash: 'h', ...rest, state: { values } },
    });
  }

  /** Presses a button (or chooses an option) of a message. */
  click(name: Name, place: { channel: string; ts: string }, action: object): Promise<string> {
    return this.interaction(name, {
      type: 'block_actions',
      channel: { id: place.channel },
      container: { type: 'message', channel_id: place.channel, message_ts: place.ts, is_ephemeral: false },
      actions: [{ type: 'button', action_ts: String(Date.now() / 1000), ...action }],
    });
  }

  /** Adds or removes a reaction, and tells the bot as Slack would. */
  async react(
    name: Name,
    change: 'added' | 'removed',
    reaction: string,
    at: { channel: string; ts: string },
  ): Promise<void> {
    const wish = { name: reaction, channel: at.channel, timestamp: at.ts };
    if (change === 'added') await this.as(name).reactions.add(wish);
    else await this.as(name).reactions.remove(wish);
    const event = {
      type: `reaction_${change}`,
      user: this.id(name),
      reaction,
      item: { type: 'message', ...at },
      event_ts: at.ts,
    };
    const body = {
      type: 'event_callback',
      team_id: this.teamId,
      event_id: `Ev${randomBytes(6).toString('hex')}`,
      event,
    };
    await this.deliver(JSON.stringify(body), 'application/json');
  }

  /** Types a slash command. Answers what the bot answered at once. */
  command(name: Name, channel: string, text: string): Promise<string> {
    const body = {
      command: '/qm',
      text,
      team_id: this.teamId,
      user_id: this.id(name),
      channel_id: channel,
      trigger_id: trigger(),
    };
    return this.deliver(new URLSearchParams(body).toString(), 'application/x-www-form-urlencoded');
  }

  /** Looks again until it is so. */
  async until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
    for (;;) {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }

  async stop(): Promise<void> {
    await this.nest.get(SlackApp).drain();
    await this.durable.shutdown();
    const server = this.nest.getHttpServer();
    const closed = server.listening ? once(server, 'close') : Promise.resolve();
    await this.nest.close();
    await closed;
    await this.emulator.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private interaction(name: Name, payload: object): Promise<string> {
    const user = { id: this.id(name), team_id: this.teamId };
    const whole = { team: { id: this.teamId }, user, trigger_id: trigger(), api_app_id: 'A1', ...payload };
    return this.deliver(
      new URLSearchParams({ payload: JSON.stringify(whole) }).toString(),
      'application/x-www-form-urlencoded',
    );
  }

  private async deliver(body: string, type: string): Promise<string> {
    const { port } = this.nest.getHttpServer().address() as AddressInfo;
    const at = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', SIGNING_SECRET).update(`v0:${at}:${body}`).digest('hex');
    const answer = await fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: 'POST',
      headers: { 'content-type': type, 'x-slack-request-timestamp': at, 'x-slack-signature': `v0=${signature}` },
      body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The bot answered ${answer.status}: ${text}`);
    return text;
  }
}

function clientOf(emulator: Emulator, name: string): SlackClient {
  return new SlackClient(
    { botToken: `xoxb-${name}`, apiUrl: `${emulator.url}/api/` },
    new Metrics(),
    slackLogger(Logger.silent()),
  );
}

function trigger(): string {
  return `trigger-${randomBytes(8).toString('hex')}`;
}
