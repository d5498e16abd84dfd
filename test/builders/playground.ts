import { type Playground, type PlaygroundOptions, startPlayground } from '../../src/playground/index.js';

export const PLAYGROUND_TOKENS = {
  botToken: 'xoxb-test',
  appToken: 'xapp-test',
  signingSecret: 'signing-secret-of-the-test',
};

export type ApiAnswer = {
  ok: boolean;
  error?: string;
  response_metadata?: { messages?: string[]; next_cursor?: string };
} & Record<string, any>;

/** A playground of one's own without an app, and the ways to speak to it. The caller stops it. */
export class BarePlayground {
  private constructor(
    readonly playground: Playground,
    private readonly clockBox: { now: number },
  ) {}

  static async start(options: Partial<PlaygroundOptions> = {}): Promise<BarePlayground> {
    const clockBox = { now: 1_790_000_000_000 };
    const playground = await startPlayground({
      environment: 'test',
      host: '127.0.0.1',
      port: 0,
      app: {
        ...PLAYGROUND_TOKENS,
        commands: [{ command: '/qm', usageHint: '[help]', description: 'Self-service' }],
        shortcuts: [{ callbackId: 'request_something', name: 'Request something', type: 'global' }],
      },
      delivery: { mode: 'socket' },
      eventRetryDelaysMs: [],
      clock: () => clockBox.now,
      ...options,
    });
    return new BarePlayground(playground, clockBox);
  }

  get url(): string {
    return this.playground.url;
  }

  /** Time in the playground stands still until a test moves it. */
  pass(seconds: number): void {
    this.clockBox.now += seconds * 1000;
  }

  /** A Web API call as an SDK makes it: form-encoded, objects as JSON. */
  async call(
    method: string,
    args: Record<string, unknown> = {},
    token: string | null = PLAYGROUND_TOKENS.botToken,
  ): Promise<ApiAnswer> {
    const form = Object.entries(args).map(([key, value]): [string, string] => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`${this.playground.apiUrl}${method}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    });
    return (await response.json()) as ApiAnswer;
  }

  act(action: Record<string, unknown>): Promise<ApiAnswer> {
    return this.postJson('/client/act', action);
  }

  control(name: string, input: Record<string, unknown> = {}): Promise<ApiAnswer> {
    return this.postJson(`/control/${name}`, input);
  }

  private async postJson(path: string, body: Record<string, unknown>): Promise<ApiAnswer> {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as ApiAnswer;
  }
}
