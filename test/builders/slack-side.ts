import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { parseEnv } from '../../src/config/index.js';
import { CoreModule } from '../../src/core.module.js';
import type { Foundations } from '../../src/foundations.js';
import { Metrics } from '../../src/observability/index.js';
import { Durable, durableLogger } from '../../src/platform/durable/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { Redactor } from '../../src/secrets/index.js';
import { SlackApp, SlackModule } from '../../src/slack/index.js';
import { SlackApi } from '../fakes/slack-api.js';
import type { CuttableLine } from './cuttable-line.js';
import { createTestDatabase, type TestDatabase } from './database.js';

const SIGNING_SECRET = 'a-signing-secret-for-tests';

@Module({})
class Root {}

/** The whole product with its Slack side over real HTTP, against a Slack of a few methods. Cards are paced at a few milliseconds. */
export class SlackSide {
  private constructor(
    readonly app: NestExpressApplication,
    readonly api: SlackApi,
    readonly database: TestDatabase,
    readonly metrics: Metrics,
    private readonly durable: Durable,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(options: { line?: CuttableLine } = {}): Promise<SlackSide> {
    const [database, api] = [await createTestDatabase({ poolSize: 20, ...options }), await SlackApi.start()];
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-slack-'));
    const env = parseEnv({ NODE_ENV: 'test', DATA_DIR: folder, DATABASE_URL: database.url });
    const logger =
      process.env.QM_TEST_LOG === undefined
        ? Logger.silent()
        : Logger.create({ level: 'debug', format: 'pretty', redact: (value) => value });
    const metrics = new Metrics();
    const durable = new Durable({
      databaseUrl: database.url,
      executorId: 'slack-side',
      logger: durableLogger(logger),
      drainMilliseconds: 5_000,
    });
    const foundations: Foundations = {
      env,
      redactor: new Redactor(),
      logger,
      metrics,
      dataSource: database.dataSource,
      durable,
      provisionPostgresUrl: `${database.serverUrl}/postgres`,
      embedded: null,
      publicUrl: 'http://127.0.0.1:1',
    };
    const connection = {
      kind: 'workspace',
      botToken: 'xoxb-test',
      apiUrl: api.url,
      transport: { mode: 'http', signingSecret: SIGNING_SECRET },
    } as const;
    const module = { module: Root, imports: [CoreModule.forRoot(foundations), SlackModule.forRoot(connection)] };
    const app = await NestFactory.create<NestExpressApplication>(module, {
      bodyParser: false,
      logger: false,
      abortOnError: false,
    });
    const slack = app.get(SlackApp);
    slack.mount(app);
    app.useBodyParser('json', { limit: '256kb' });
    await app.init();
    await durable.launch();
    await app.listen(0, '127.0.0.1');
    const address = app.getHttpServer().address();
    await slack.start();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new SlackSide(app, api, database, metrics, durable, folder, `http://127.0.0.1:${port}`);
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(type, { strict: false });
  }

  /** As Slack would send it: signed, urlencoded for commands and interactions, JSON for events. */
  async deliver(
    body: Record<string, unknown>,
    change: { secret?: string; ageSeconds?: number; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const isEvent = body.type === 'event_callback' || body.type === 'url_verification';
    const isCommand = body.command !== undefined;
    const raw = isEvent
      ? JSON.stringify(body)
      : new URLSearchParams(
          isCommand ? (body as Record<string, string>) : { payload: JSON.stringify(body) },
        ).toString();
    return this.post(raw, isEvent ? 'application/json' : 'application/x-www-form-urlencoded', change);
  }

  async post(
    raw: string,
    type: string,
    change: { secret?: string; ageSeconds?: number; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const timestamp = String(Math.floor(Date.now() / 1000) - (change.ageSeconds ?? 0));
    const signature = createHmac('sha256', change.secret ?? SIGNING_SECRET)
      .update(`v0:${timestamp}:${raw}`)
      .digest('hex');
    const headers = {
      'content-type': type,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
      ...change.headers,
    };
    return posted(`${this.url}/slack/events`, headers, raw);
  }

  /** Asks again until it is so. */
  async until<T>(look: () => T | Promise<T>, isSo: (value: T) => boolean = Boolean, tries = 800): Promise<T> {
    for (let n = 1; ; n += 1) {
      const value = await look();
      if (isSo(value)) return value;
      if (n >= tries) throw new Error(`It never came true; last seen: ${JSON.stringify(value).slice(0, 2000)}`);
      await new Promise((wake) => setTimeout(wake, 25));
    }
  }

  async stop(): Promise<void> {
    await this.get(SlackApp).drain();
    await this.durable.shutdown();
    await this.app.close();
    await this.api.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A connection of its own each time: a refused body is not read to its end, and the next request must not meet what is left of it. */
function posted(url: string, headers: Record<string, string>, raw: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0 }));
      });
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(raw);
  });
}
