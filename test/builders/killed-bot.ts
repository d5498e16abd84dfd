import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defaultSeed, type Playground } from '../../src/playground/index.js';
import { environmentFor, playgroundFor } from './bot-on-playground.js';
import { BotProcess } from './bot-process.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { SlackPerson } from './slack-person.js';

const KILLER = pathToFileURL(join(import.meta.dirname, 'kill-at-boundaries.mjs')).href;

/** Every death of the bot makes whoever waits for it wait longer. */
const PATIENCE_MILLISECONDS = 1_500_000;

/** The built bot on a playground, killed in every step of every run (see kill-at-boundaries.mjs) and started again each time. Needs `dist`. */
export class KilledBot {
  private readonly people = new Map<string, SlackPerson>();
  private readonly minding: Promise<void>;
  private isOver = false;
  private failure: unknown;

  private constructor(
    private readonly bot: BotProcess,
    private readonly folder: string,
    readonly playground: Playground,
    readonly database: TestDatabase,
  ) {
    this.minding = this.mind();
  }

  static async start(change: Record<string, string> = {}): Promise<KilledBot> {
    const port = await freePort();
    const [database, playground] = await Promise.all([
      createTestDatabase({ poolSize: 2 }),
      playgroundFor('http', port),
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-killed-'));
    const bot = new BotProcess({
      ...environmentFor('http', { port, folder, database, playground }),
      EXECUTOR_ID: 'the-only-one',
      KILL_BOOK: join(folder, 'kills'),
      KILL_EVERY: process.env.QM_KILL_EVERY ?? '',
      NODE_OPTIONS: `--import=${KILLER}`,
      ...change,
    });
    await bot.start();
    return new KilledBot(bot, folder, playground, database);
  }

  /** Where it was killed so far, in order: `apply req-… 0:role is running`. */
  get kills(): string[] {
    const book = join(this.folder, 'kills');
    return existsSync(book) ? readFileSync(book, 'utf8').trim().split('\n') : [];
  }

  /** In which step of which kind of run it was killed, without repetitions: `apply role`. */
  get killedIn(): string[] {
    return [...new Set(this.kills.map((kill) => kill.replace(/^(\S+) \S+ \d+:(\S+) .*/, '$1 $2')))];
  }

  /** Somebody of the seeded workspace, with their page open. */
  async person(name: string): Promise<SlackPerson> {
    const user = defaultSeed().users.find((one) => one.name === name);
    if (user === undefined) throw new Error(`Nobody is called ${name}.`);
    const person = this.people.get(name) ?? new SlackPerson(this.playground.url, user.id, PATIENCE_MILLISECONDS);
    this.people.set(name, person);
    await person.connect();
    return person;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.bot.stop();
    await this.minding;
    if (this.failure !== undefined) throw new Error('The bot could not be started again.', { cause: this.failure });
    for (const person of this.people.values()) await person.leave();
    await this.playground.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Whenever it died it is started again. */
  private async mind(): Promise<void> {
    while (!this.isOver) {
      await this.bot.ended();
      const before = this.kills.length;
      // What was under way goes on as soon as it can, so that it may be killed again before it says that it is ready.
      await this.started().catch((error: unknown) => {
        if (!this.isOver && this.kills.length === before) this.failure = error;
      });
      if (this.failure !== undefined) return;
    }
  }

  private async started(): Promise<void> {
    if (!this.isOver) await this.bot.start();
  }
}
