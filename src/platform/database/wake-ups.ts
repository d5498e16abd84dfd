import { setTimeout as pause } from 'node:timers/promises';

/** So long others may join: who is woken does not notice, and many commits in a row are one notification. */
const GATHER_MILLISECONDS = 5;

/**
 * Notifications after commits, one at a time: what comes in a moment later, or while one is under way, goes out together. They are not part of the
 * transactions, because PostgreSQL lets only one transaction that notifies commit at a time.
 */
export class WakeUps {
  private readonly wanted = new Set<string>();
  private sending = false;

  constructor(private readonly query: (sql: string, parameters: unknown[]) => Promise<unknown>) {}

  send(channels: Iterable<string>): void {
    for (const channel of channels) this.wanted.add(channel);
    if (!this.sending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.sending = true;
    try {
      while (this.wanted.size > 0) {
        await pause(GATHER_MILLISECONDS, undefined, { ref: false });
        const channels = [...this.wanted];
        this.wanted.clear();
        await this.query(`select pg_notify(channel, '') from unnest($1::text[]) as channel`, [channels]);
      }
    } catch {
      // Whoever listens also looks by the clock.
    } finally {
      this.sending = false;
    }
  }
}
