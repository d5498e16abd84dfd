import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Catalog } from '../catalog/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Policy } from '../policy/index.js';
import { Clock, digestOf } from '../shared/index.js';

const TICK_MILLISECONDS = 6 * 3_600_000;
/** `2026-11` of a date. */
const MONTH_LETTERS = 7;

/** Reminds each team of its items whose review date has passed: one message a month for all of them, and one more when another joins them. */
@Injectable()
export class ReviewReminder implements OnApplicationBootstrap {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly transactions: Transactions,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.tick();
  }

  /** May be missed, repeated or run on every replica at once. */
  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      await this.remind();
    } catch (error) {
      this.logger.error('Owners could not be reminded of reviews; the next tick tries again', error);
    }
  }

  private async remind(): Promise<void> {
    const today = this.clock.now().toISOString().slice(0, 10);
    const due = this.catalog
      .list()
      .flatMap(({ name, title, owner, reviewBy, lifecycle }) =>
        reviewBy !== undefined && reviewBy < today && lifecycle !== 'retired' ? [{ name, title, owner, reviewBy }] : [],
      );
    for (const teamId of new Set(due.map(({ owner }) => owner))) {
      const items = due.filter(({ owner }) => owner === teamId);
      const team = this.policy.teams().find(({ id }) => id === teamId);
      if (team === undefined) continue;
      const listed = items
        .map(({ name, title, reviewBy }) => ({ name, title, reviewBy }))
        .sort((a, b) => a.reviewBy.localeCompare(b.reviewBy));
      await this.transactions.run((tx) =>
        this.notices.post(tx, {
          key: `review-due:${teamId}:${today.slice(0, MONTH_LETTERS)}:${digestOf(listed)}`,
          to: { kind: 'channel', channel: team.channel },
          template: 'review-due',
          data: { team: team.title, items: listed },
        }),
      );
    }
  }
}
