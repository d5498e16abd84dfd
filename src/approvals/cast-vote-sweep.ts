import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Notices } from '../platform/changes/index.js';
import { Logger } from '../platform/logging/index.js';
import { type CastVote, CastVoteStore } from './cast-vote.store.js';
import { Votes } from './votes.js';

const TICK_MILLISECONDS = 10_000;
const BATCH = 20;

/** Counts what was clicked and not counted, because the replica died in between or Slack could not say who may vote. */
@Injectable()
export class CastVoteSweep {
  constructor(
    private readonly casts: CastVoteStore,
    private readonly votes: Votes,
    private readonly notices: Notices,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async tick(): Promise<void> {
    try {
      for (const cast of await this.casts.claim(BATCH)) await this.countLate(cast);
    } catch (error) {
      this.logger.error('The sweep over uncounted votes failed; the next tick tries again', error);
    }
  }

  /** The person has no answer yet: it goes out with the count, in one transaction. */
  private async countLate(cast: CastVote): Promise<void> {
    try {
      await this.votes.count(cast, (tx, { approval, message }) =>
        this.notices.post(tx, {
          key: `vote-counted:${cast.id}`,
          to: { kind: 'person', personId: cast.personId },
          template: 'vote-counted',
          data: { title: approval.title, text: message },
        }),
      );
    } catch (error) {
      this.logger.warn('A vote could not be counted yet; it is tried again', {
        approval: cast.approvalId,
        error: String(error),
      });
    }
  }
}
