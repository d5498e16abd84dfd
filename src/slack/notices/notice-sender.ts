import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import type { SubjectRef } from '../../platform/changes/index.js';
import { Logger } from '../../platform/logging/index.js';
import { messageOf } from '../../shared/index.js';
import { CardPlaces } from '../cards/card-places.js';
import { CardProjection } from '../cards/card-projection.js';
import type { Lanes } from '../cards/lanes.js';
import { SharedLanes } from '../cards/shared-lanes.js';
import { isUnknownOutcome, retryAfterSeconds, slackCode } from '../web/slack-errors.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type ClaimedNotice, NoticeStore } from './notice.store.js';
import { NoticeWording } from './notice-wording.js';

const MAX_ATTEMPTS = 12;
const LONGEST_BACKOFF_SECONDS = 60;
/** How long a notice waits for the card under which it belongs. */
const CARD_PATIENCE_ATTEMPTS = 15;

interface Destination {
  readonly channel: string;
  readonly threadTs?: string;
}

/** Sends one claimed notice, once. Never throws. */
@Injectable()
export class NoticeSender {
  private readonly directChannels = new Map<string, string>();

  constructor(
    private readonly store: NoticeStore,
    private readonly shared: SharedLanes,
    private readonly places: CardPlaces,
    private readonly projection: CardProjection,
    private readonly wording: NoticeWording,
    private readonly gateway: SlackGateway,
    private readonly logger: Logger,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  async carryOut(notice: ClaimedNotice, lanes: Lanes): Promise<void> {
    try {
      const destination = await this.destination(notice);
      if (destination === null) {
        await this.later(notice, 1, 'its card is not posted yet');
        return;
      }
      if (!lanes.enter(destination.channel)) {
        await this.later(notice, 1, 'the channel is busy');
        return;
      }
      await this.inLane(notice, destination, lanes);
    } catch (error) {
      await this.failed(notice, error).catch((failure: unknown) => {
        this.logger.error('How a notice fared could not be written down; its claim runs out', failure, {
          notice: notice.key,
        });
      });
    }
  }

  private async inLane(notice: ClaimedNotice, destination: Destination, lanes: Lanes): Promise<void> {
    const { channel } = destination;
    let hold: number | undefined;
    try {
      if (await this.shared.take(channel)) await this.send(notice, destination);
      else await this.later(notice, 1, 'the channel is busy');
    } catch (error) {
      hold = retryAfterSeconds(error);
      if (hold !== undefined) await this.shared.hold(channel, hold);
      throw error;
    } finally {
      lanes.leave(channel, hold === undefined ? undefined : hold * 1000);
    }
  }

  private async send(notice: ClaimedNotice, { channel, threadTs }: Destination): Promise<void> {
    const mark = { type: 'qm_notice', id: notice.key } as const;
    const earlier = notice.maybePosted ? await this.gateway.findMarked(channel, mark, threadTs) : null;
    if (earlier === null) {
      const words = this.wording.of(notice);
      await this.gateway.post({ channel, ...words, mark, ...(threadTs !== undefined && { threadTs }) });
    }
    await this.store.posted(notice);
  }

  private async destination({ to, attempts }: ClaimedNotice): Promise<Destination | null> {
    switch (to.kind) {
      case 'person':
        return { channel: await this.directChannel(to.personId) };
      case 'channel':
        return { channel: await this.gateway.channelId(to.channel) };
      case 'thread':
        return (await this.thread(to.subject)) ?? (attempts < CARD_PATIENCE_ATTEMPTS ? null : this.withoutCard());
    }
  }

  private async thread(subject: SubjectRef): Promise<Destination | null> {
    const own = await this.projection.source(subject.kind)?.threadOf?.(subject.id);
    if (own !== undefined && own !== null)
      return { channel: await this.gateway.channelId(own.channel), ...(own.ts !== undefined && { threadTs: own.ts }) };
    const card = await this.places.findAny(subject);
    return card === null ? null : { channel: card.channel, threadTs: card.ts };
  }

  private async withoutCard(): Promise<Destination> {
    return { channel: await this.gateway.channelId(this.env.channels.requests) };
  }

  private async directChannel(personId: string): Promise<string> {
    const known = this.directChannels.get(personId);
    if (known !== undefined) return known;
    const channel = await this.gateway.directChannel(personId);
    this.directChannels.set(personId, channel);
    return channel;
  }

  private later(notice: ClaimedNotice, afterSeconds: number, because: string): Promise<void> {
    return this.store.tryAgain(notice, { afterSeconds, error: because, certainlyNotPosted: !notice.maybePosted });
  }

  private async failed(notice: ClaimedNotice, error: unknown): Promise<void> {
    const about = { notice: notice.key, error: messageOf(error), attempts: notice.attempts };
    const wait = retryAfterSeconds(error);
    if (wait !== undefined) return this.later(notice, wait, 'ratelimited');
    const final = slackCode(error) !== undefined && !isUnknownOutcome(error);
    if (notice.attempts >= MAX_ATTEMPTS && final) {
      this.logger.error('A notice is given up: Slack will not take it', error, about);
      return this.store.abandon(notice, messageOf(error));
    }
    this.logger.warn('A notice waits: Slack did not take it', about);
    const afterSeconds = Math.min(2 ** Math.min(notice.attempts - 1, 6), LONGEST_BACKOFF_SECONDS);
    await this.store.tryAgain(notice, { afterSeconds, error: messageOf(error), certainlyNotPosted: final });
  }
}
