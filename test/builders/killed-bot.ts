import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defaultSeed, type Playground } from '../../src/playground/index.js';
import { environmentFor, playgroundFor } from './bot-on-playground.js';
import { BotProcess } from './bot-process.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { runOutClaims } from './run-out-claims.js';
import { SlackPerson } from './slack-person.js';

const KILLER = pathToFileURL(join(import.meta.dirname, 'kill-at-boundaries.mjs')).href;

/** Every death of the bot makes whoever waits for it wait longer. */
const PATIENCE_MILLISECONDS = 600_000;

/** So long a stopped run waits for others that may come to a stop too, after the last that did: less than a death takes. */
const GATHER_MILLISECONDS = 2_500;

/**
 * The built bot on a playground, killed in every step of every run (see kill-at-boundaries.mjs) and started again each time. Runs of several lives of
 * people die together: whoever has come to a boundary stays there until the others have too. Nobody’s form dies under their hands. Needs `dist`.
 */
export class KilledBot {
  private person: SlackPerson | undefined;
  private readonly bot: BotProcess;
  private readonly stopped = new Set<string>();
  private lives = 0;
  private busy = 0;
  private handsFree: Promise<unknown> = Promise.resolve();
  private isUp: Promise<void>;
  private gathering: NodeJS.Timeout | undefined;
  private isReady = true;
  private isOver = false;
  private giveUp: (error: unknown) => void = () => undefined;
  private readonly broken = new Promise<never>((_resolve, reject) => (this.giveUp = reject));

  private constructor(
    env: Readonly<Record<string, string>>,
    private readonly folder: string,
    readonly playground: Playground,
    readonly database: TestDatabase,
  ) {
    this.bot = new BotProcess(env, (point) => {
      this.stopped.add(String(point));
      this.gather();
    });
    this.isUp = this.bot.start();
  }

  static async start(change: Record<string, string> = {}): Promise<KilledBot> {
    const port = await freePort();
    const [database, playground] = await Promise.all([
      createTestDatabase({ poolSize: 2 }),
      playgroundFor('http', port),
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'quartermaster-killed-'));
    const env = {
      ...environmentFor('http', { port, folder, database, playground }),
      EXECUTOR_ID: 'the-only-one',
      KILL_BOOK: join(folder, 'kills'),
      KILL_EVERY: process.env.QM_KILL_EVERY ?? '',
      NODE_OPTIONS: `--import=${KILLER}`,
      ...change,
    };
    const killed = new KilledBot(env, folder, playground, database);
    await killed.isUp;
    return killed;
  }

  /** Where it was killed so far, in order: `apply req-… 0:role is running`. */
  get kills(): string[] {
    const book = join(this.folder, 'kills');
    return existsSync(book) ? readFileSync(book, 'utf8').trim().split('\n') : [];
  }

  /** In which step of which kind of run of what is called so it was killed, without repetitions: `apply role`. */
  async killedIn(name: string): Promise<string[]> {
    const of = await this.database.transactions.query<{ id: string }>(
      `with mine as (select id from resources where title like $1 || ' (%')
       select id from mine union select id from requests where resource_id in (select id from mine)`,
      [name],
    );
    const ids = new Set(of.map(({ id }) => id));
    const mine = this.kills.map((kill) => kill.split(' ')).filter(([, subject = '']) => ids.has(subject));
    return [...new Set(mine.map(([kind, , step]) => `${kind} ${step?.replace(/^\d+:/, '')}`))].sort();
  }

  /** Ada, with her page open. */
  async ada(): Promise<SlackPerson> {
    const id = defaultSeed().users.find(({ name }) => name === 'ada')?.id ?? '';
    this.person ??= new SlackPerson(this.playground.url, id, PATIENCE_MILLISECONDS);
    await this.person.connect();
    return this.person;
  }

  /** While there are several, a death waits for as many. */
  async life<T>(work: () => Promise<T>): Promise<T> {
    this.lives += 1;
    try {
      return await Promise.race([work(), this.broken]);
    } finally {
      this.lives -= 1;
      this.gather();
    }
  }

  /** A person at a form: one after another, with a bot that lives, and that nobody kills meanwhile. */
  readonly hands = <T>(work: () => Promise<T>): Promise<T> => {
    this.busy += 1;
    const done = this.handsFree.then(async () => {
      try {
        await this.isUp;
        return await work();
      } finally {
        this.busy -= 1;
        this.gather();
      }
    });
    this.handsFree = done.catch(() => undefined);
    return done;
  };

  async stop(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.gathering);
    await this.bot.stop();
    await this.person?.leave();
    await this.playground.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private gather(): void {
    clearTimeout(this.gathering);
    if (this.stopped.size === 0 || this.busy > 0 || this.isOver) return;
    if (this.stopped.size >= this.lives) this.killAll();
    else if (this.isReady)
      this.gathering = setTimeout(() => {
        this.killAll();
      }, GATHER_MILLISECONDS);
  }

  private killAll(): void {
    if (this.isOver || this.busy > 0) return;
    appendFileSync(join(this.folder, 'kills'), [...this.stopped, ''].join('\n'));
    this.stopped.clear();
    this.isReady = false;
    const next = this.dieAndLive();
    this.isUp = next;
    // What was under way goes on as soon as it can, so that it may be killed again before it says that it is ready.
    next.catch((error: unknown) => {
      if (this.isUp === next && !this.isOver)
        this.giveUp(new Error('The bot could not be started again.', { cause: error }));
    });
  }

  private async dieAndLive(): Promise<void> {
    await this.bot.kill();
    await runOutClaims(this.database.transactions);
    await this.bot.start();
    this.isReady = true;
    this.gather();
  }
}
