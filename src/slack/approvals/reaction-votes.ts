import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { z } from 'zod';
import { type Approval, type ReactionSets, Votes } from '../../approvals/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { APPROVAL_SURFACE } from '../cards/approval.cards.js';
import { CardPlaces } from '../cards/card-places.js';
import { SlackClient } from '../web/slack-client.js';
import type { MessagePlace } from '../web/slack-gateway.js';

const YES = new Set(['white_check_mark', 'heavy_check_mark', '+1', 'thumbsup']);
const NO = new Set(['x', 'negative_squared_cross_mark', '-1', 'thumbsdown']);
const SWEEP_MILLISECONDS = 60_000;
/** A few calls a minute, well within what Slack takes. */
const SWEPT_AT_ONCE = 20;

const answer = z.object({
  message: z
    .object({ reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })).default([]) })
    .default({ reactions: [] }),
});

/** Which vote an emoji is, skin tones aside; null for all others. */
export function choiceOf(emoji: string): 'yes' | 'no' | null {
  const [name = ''] = emoji.split('::', 1);
  if (YES.has(name)) return 'yes';
  return NO.has(name) ? 'no' : null;
}

/** Counts reactions by reading them again from Slack; an event only says that it is time to. */
@Injectable()
export class ReactionVotes {
  constructor(
    private readonly client: SlackClient,
    private readonly votes: Votes,
    private readonly places: CardPlaces,
    private readonly transactions: Transactions,
    private readonly logger: Logger,
  ) {}

  async sync(approvalId: string, place: MessagePlace): Promise<void> {
    await this.votes.recount(approvalId, () => this.read(place));
  }

  /** Who reacted early is counted now that their stage may have begun. The sweep does it a little later, if this fails. */
  async after({ id, state, refused }: Approval): Promise<void> {
    if (state !== 'waiting' || refused.length === 0) return;
    try {
      const place = await this.places.find({ kind: 'approval', id }, APPROVAL_SURFACE);
      if (place !== null) await this.sync(id, place);
    } catch (error) {
      this.logger.warn('Reactions were not read again after a vote; the next tick does', { error: String(error) });
    }
  }

  /** Events can be lost while a socket reconnects or the bot is down: what still waits is looked at again. */
  @Interval(SWEEP_MILLISECONDS)
  async sweep(): Promise<void> {
    try {
      const waiting = await this.transactions.query<MessagePlace & { id: string }>(
        `select approvals.id, cards.channel, cards.ts from approvals
         join cards on cards.subject_kind = 'approval' and cards.subject_id = approvals.id and surface = $1 and ts is not null
         where approvals.state = 'waiting' order by random() limit $2`,
        [APPROVAL_SURFACE, SWEPT_AT_ONCE],
      );
      for (const { id, ...place } of waiting) await this.sync(id, place);
    } catch (error) {
      this.logger.warn('Reactions on waiting approvals were not read again; the next tick tries', {
        error: String(error),
      });
    }
  }

  private async read({ channel, ts }: MessagePlace): Promise<ReactionSets> {
    const { message } = answer.parse(await this.client.reactions.get({ channel, timestamp: ts, full: true }));
    const sets: { yes: string[]; no: string[] } = { yes: [], no: [] };
    for (const { name, users } of message.reactions) {
      const choice = choiceOf(name);
      if (choice !== null) sets[choice].push(...users);
    }
    return sets;
  }
}
