import { Refusal } from '../workspace/refusal.js';

const WINDOW_MS = 1_000;
const POSTS = new Set(['chat.postMessage', 'chat.postEphemeral']);

/** Slack's "one message a second a channel", for those who want to see how the app takes it. */
export class PostLimit {
  private readonly lastPost = new Map<string, number>();

  constructor(private readonly clock: () => number) {}

  count(method: string, channel: unknown): void {
    if (!POSTS.has(method) || typeof channel !== 'string') return;
    const now = this.clock();
    const last = this.lastPost.get(channel);
    if (last !== undefined && now - last < WINDOW_MS)
      throw new Refusal('ratelimited', { status: 429, retryAfterSeconds: 1 });
    this.lastPost.set(channel, now);
  }
}
