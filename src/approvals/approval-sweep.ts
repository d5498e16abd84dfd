import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Logger } from '../platform/logging/index.js';
import { Absences } from './absences.js';
import { ApprovalStore } from './approval.store.js';
import { Approvals } from './approvals.js';
import { FollowUps } from './follow-ups.js';
import { StandingStore } from './standing.store.js';
import { StandingVotes } from './standing-votes.js';

const TICK_MILLISECONDS = 30_000;
const BATCH = 200;
/** People leave, and rosters change: the cards and what rests on their votes follow within this time, also when nobody said so. */
const FOLLOW_MILLISECONDS = 300_000;

/**
 * Ends every wait whose time is up by the database's clock. And what is due before:
 * escalations, reminders, people who are back. A tick may be missed, repeated, or run on two replicas.
 */
@Injectable()
export class ApprovalSweep {
  constructor(
    private readonly store: ApprovalStore,
    private readonly approvals: Approvals,
    private readonly followUps: FollowUps,
    private readonly absences: Absences,
    private readonly standing: StandingStore,
    private readonly standingVotes: StandingVotes,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    await this.each(
      'expired',
      () => this.store.overdue(BATCH),
      (id) => this.approvals.expire(id),
    );
    await this.each(
      'escalated',
      () => this.store.due('escalate_at', BATCH),
      (id) => this.followUps.escalate(id),
    );
    await this.each(
      'reminded of',
      () => this.store.due('remind_at', BATCH),
      (id) => this.followUps.remind(id),
    );
    // Before votes are given: the same person may have agreed to it in another one too.
    await this.all('Votes of revoked standing approvals were not taken away', () =>
      this.standingVotes.withdrawRevoked(),
    );
    await this.each(
      'given the votes agreed to beforehand',
      () => this.standing.unserved(BATCH),
      (id) => this.standingVotes.give(id),
    );
    await this.all('Absences that are over were not ended', () => this.absences.endOverdue());
  }

  @Interval(FOLLOW_MILLISECONDS)
  async followPeople(): Promise<void> {
    await this.all('Cards of what waits were not brought up to date', () => this.approvals.peopleChanged());
    await this.each(
      'weighed again',
      () => this.store.voted(BATCH),
      (id) => this.followUps.reweigh(id),
    );
  }

  private async all(failed: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error(`${failed}; the next tick tries again`, error);
    }
  }

  /** One that fails leaves the others their turn. */
  private async each(
    what: string,
    due: () => Promise<string[]>,
    work: (id: string) => Promise<unknown>,
  ): Promise<void> {
    try {
      for (const id of await due())
        await work(id).catch((error: unknown) => {
          this.logger.error(`An approval was not ${what}; the next tick tries again`, error, { approval: id });
        });
    } catch (error) {
      this.logger.error(`No approval was ${what}; the next tick tries again`, error);
    }
  }
}
