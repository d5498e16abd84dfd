import bolt, { type App } from '@slack/bolt';
import { type Playground, type PlaygroundOptions, startPlayground } from '../../src/playground/index.js';
import type { ControlRequests } from '../../src/playground/protocol.js';
import { freePort } from './free-port.js';
import { SlackPerson } from './slack-person.js';

const TOKENS = {
  botToken: 'xoxb-bolt-on-playground',
  appToken: 'xapp-bolt-on-playground',
  signingSecret: 'not-a-secret',
};

/** Somebody else's Bolt app, as any developer would write it, at a playground of its own. */
export class BoltOnPlayground {
  private readonly people = new Map<string, SlackPerson>();

  private constructor(
    readonly playground: Playground,
    readonly app: App,
    readonly mode: 'http' | 'socket',
  ) {}

  static async start(
    mode: 'http' | 'socket',
    listen: (app: App) => void,
    options: Partial<PlaygroundOptions> = {},
  ): Promise<BoltOnPlayground> {
    const port = await freePort();
    const playground = await startPlayground({
      environment: 'test',
      host: '127.0.0.1',
      port: 0,
      app: {
        ...TOKENS,
        commands: [{ command: '/try', usageHint: '[anything]', description: 'For tests' }],
        shortcuts: [
          { callbackId: 'from_anywhere', name: 'From anywhere', type: 'global' },
          { callbackId: 'about_this', name: 'About this', type: 'message' },
        ],
      },
      delivery: mode === 'socket' ? { mode } : { mode, requestUrl: `http://127.0.0.1:${port}/slack/events` },
      eventRetryDelaysMs: [0, 0, 0],
      ...options,
    });
    const app = new bolt.App({
      token: TOKENS.botToken,
      logLevel: bolt.LogLevel.ERROR,
      ignoreSelf: false,
      clientOptions: { slackApiUrl: playground.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
      ...(mode === 'socket'
        ? { socketMode: true, appToken: TOKENS.appToken }
        : { signingSecret: TOKENS.signingSecret }),
    });
    listen(app);
    await app.start(port);
    return new BoltOnPlayground(playground, app, mode);
  }

  get client(): App['client'] {
    return this.app.client;
  }

  person(name: keyof typeof PEOPLE): SlackPerson {
    const id = PEOPLE[name];
    const known = this.people.get(id) ?? new SlackPerson(this.playground.url, id);
    this.people.set(id, known);
    return known;
  }

  async control<Name extends keyof ControlRequests>(
    name: Name,
    input: ControlRequests[Name],
  ): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.playground.url}/control/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.people.values()].map((person) => person.leave()));
    await this.app.stop();
    await this.playground.stop();
  }
}

const PEOPLE = {
  ada: 'U0ADA0001',
  ben: 'U0BEN0002',
  lea: 'U0LEA0003',
  sam: 'U0SAM0004',
  oli: 'U0OLI0005',
  pia: 'U0PIA0006',
  gus: 'U0GUS0007',
} as const;

/** Collects what a listener got, and lets a test wait for it. */
export class Inbox<T> {
  readonly all: T[] = [];
  private readonly waiting = new Set<() => void>();

  put(item: T): void {
    this.all.push(item);
    for (const look of [...this.waiting]) look();
  }

  async next(fits: (item: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.all.find(fits);
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  async count(wanted: number): Promise<T[]> {
    await this.next(() => this.all.length >= wanted);
    return this.all;
  }
}
