import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Playground, startPlayground } from '../../src/playground/index.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';

const ROOT = join(import.meta.dirname, '../..');

/** A workspace, a database and a folder of keys in which bots can be started, killed and started again. */
export class Stage {
  private readonly bots = new Set<RunningBot>();

  private constructor(
    readonly database: TestDatabase,
    readonly playground: Playground,
    readonly folder: string,
    readonly tokens: { botToken: string; appToken: string; signingSecret: string },
    readonly mode: 'http' | 'socket',
  ) {}

  static async open(options: { mode?: 'http' | 'socket' } = {}): Promise<Stage> {
    const mode = options.mode ?? 'http';
    const tokens = {
      botToken: `xoxb-test-${randomBytes(8).toString('hex')}`,
      appToken: `xapp-test-${randomBytes(8).toString('hex')}`,
      signingSecret: randomBytes(16).toString('hex'),
    };
    const database = await createTestDatabase();
    const playground = await startPlayground({
      environment: 'test',
      host: '127.0.0.1',
      port: 0,
      uiDirectory: join(ROOT, 'dist/playground-ui'),
      app: {
        ...tokens,
        commands: [{ command: '/qm', usageHint: '[help]', description: 'Developer self-service' }],
        shortcuts: [
          { callbackId: 'request_something', name: 'Request something', type: 'global' },
          { callbackId: 'about_this_message', name: 'About this message', type: 'message' },
        ],
      },
      delivery:
        mode === 'socket' ? { mode: 'socket' } : { mode: 'http', requestUrl: 'http://127.0.0.1:9/slack/events' },
    });
    return new Stage(database, playground, await mkdtemp(join(tmpdir(), 'quartermaster-stage-')), tokens, mode);
  }

  /** Starts the built bot as a process of its own and waits until it says that it is ready. */
  async startBot(overrides: Record<string, string> = {}): Promise<RunningBot> {
    const port = await freePort();
    const bot = await RunningBot.start(port, {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      PORT: String(port),
      DATA_DIR: join(this.folder, 'data'),
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      DATABASE_URL: this.database.url,
      PROVISION_POSTGRES_URL: `${this.database.serverUrl}/postgres`,
      SLACK_BOT_TOKEN: this.tokens.botToken,
      SLACK_API_URL: this.playground.apiUrl,
      ...(this.mode === 'socket'
        ? { SLACK_APP_TOKEN: this.tokens.appToken }
        : { SLACK_SIGNING_SECRET: this.tokens.signingSecret }),
      ...overrides,
    });
    this.bots.add(bot);
    if (this.mode === 'http') this.playground.setRequestUrl(`${bot.url}/slack/events`);
    return bot;
  }

  async close(): Promise<void> {
    await Promise.all([...this.bots].map((bot) => bot.stop()));
    await this.playground.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class RunningBot {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    /** What it logged, for a test that fails or looks for what must not be there. */
    readonly output: string[],
  ) {}

  static async start(port: number, env: Record<string, string>): Promise<RunningBot> {
    const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'dist/src/main.js')], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
    const bot = new RunningBot(`http://127.0.0.1:${port}`, child, output);
    await bot.untilReady();
    return bot;
  }

  /** As the kernel would: no chance to say goodbye. */
  async kill(): Promise<void> {
    if (this.gone) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  async stop(): Promise<void> {
    if (this.gone) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }

  private get gone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async untilReady(): Promise<void> {
    for (;;) {
      if (this.gone) throw new Error(`The bot ended before it was ready:\n${this.output.join('')}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => null);
      if (answer?.ok === true) return;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }
}
