import { Inject, Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { ENV, type Env } from '../../config/index.js';
import { Transactions } from '../../platform/database/index.js';
import { currentTraceId, Logger } from '../../platform/logging/index.js';
import { digestOf, messageOf } from '../../shared/index.js';
import { ChannelBook, ChannelUnknown } from '../web/channel-book.js';
import { isRefusal, isUnknownOutcome, retryAfterSeconds, slackCode } from '../web/slack-errors.js';
import { isPerson, type MessagePlace, SlackGateway } from '../web/slack-gateway.js';
import { CardStore, type ClaimedCard } from './card.store.js';
import { CardProjection } from './card-projection.js';
import type { CardHome, CardMessage } from './card-source.js';
import { SharedLanes } from './shared-lanes.js';

const MAX_ATTEMPTS = 12;
const LONGEST_BACKOFF_SECONDS = 60;
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed'];
const NO_PLACE = [
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
  'user_not_found',
  'method_not_supported_for_channel_type',
];
const BAD_BLOCKS = ['invalid_blocks', 'invalid_blocks_format', 'msg_too_long', 'msg_blocks_too_long'];

/** Brings one claimed card up to date in Slack, and writes down how that went. Never throws. */
@Injectable()
export class CardPoster {
  constructor(
    private readonly store: CardStore,
    private readonly lanes: SharedLanes,
    private readonly projection: CardProjection,
    private readonly gateway: SlackGateway,
    private readonly channels: ChannelBook,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
    private readonly logger: Logger,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  /** Answers how long Slack wants its lane held, if it said so. */
  async carryOut(card: ClaimedCard): Promise<{ holdSeconds?: number }> {
    try {
      const wanted = await this.projection.source(card.subject.kind)?.render(card.subject.id, card);
      if (wanted === null || wanted === undefined) await this.store.nothingToShow(card);
      else await this.show(card, wanted);
      return {};
    } catch (error) {
      return this.failed(card, error).catch((failure: unknown) => {
        this.logger.error('How a card fared could not be written down; its claim runs out', failure, { card: card.id });
        return {};
      });
    }
  }

  private async show(card: ClaimedCard, wanted: CardMessage | CardHome): Promise<void> {
    const hash = digestOf(wanted.kind === 'home' ? wanted.view : { text: wanted.text, blocks: wanted.blocks });
    if (hash === card.renderedHash) return this.store.shown(card, null, hash);
    if (wanted.kind === 'home') {
      await this.gateway.publishHome(card.place, wanted.view);
      return this.store.shown(card, null, hash);
    }
    const mark = { type: 'qm_card', id: card.id } as const;
    if (card.channel !== null && card.ts !== null) {
      await this.withPlainFallback(wanted, (message) =>
        this.gateway.update({ channel: card.channel ?? '', ts: card.ts ?? '' }, message, mark),
      );
      return this.store.shown(card, null, hash);
    }
    const channel = card.channel ?? (await this.gateway.channelId(card.place));
    const earlier = card.maybePosted ? await this.gateway.findMarked(channel, mark) : null;
    if (earlier !== null) return this.store.found(card, earlier);
    const place = await this.withPlainFallback(wanted, (message) => this.gateway.post({ channel, ...message, mark }));
    return this.store.shown(card, place, hash);
  }

  /** A message that Slack finds ill-formed is our fault; people still get its words. */
  private async withPlainFallback<T>(
    message: CardMessage,
    send: (message: { text: string; blocks?: CardMessage['blocks'] }) => Promise<T>,
  ): Promise<T> {
    try {
      return await send({ text: message.text, blocks: message.blocks });
    } catch (error) {
      if (!isRefusal(error, ...BAD_BLOCKS)) throw error;
      this.logger.error('Slack refused the blocks of a card; its plain text went out instead', error, {
        text: message.text,
      });
      return send({ text: message.text.slice(0, 3000), blocks: [] });
    }
  }

  private async failed(card: ClaimedCard, error: unknown): Promise<{ holdSeconds?: number }> {
    const about = { card: card.id, subject: card.subject.id, surface: card.surface };
    const seconds = retryAfterSeconds(error);
    if (seconds !== undefined) {
      this.logger.warn('Slack wants us to slow down', { ...about, seconds });
      await this.lanes.hold(card.channel ?? card.place, seconds);
      await this.store.tryAgain(card, { afterSeconds: seconds, error: 'ratelimited', certainlyNotPosted: true });
      return { holdSeconds: seconds };
    }
    if (isRefusal(error, ...GONE) && card.ts !== null) {
      await this.store.vanished(card);
    } else if (isRefusal(error, ...NO_PLACE) || error instanceof ChannelUnknown) {
      await this.fallBack(card, messageOf(error));
    } else if (slackCode(error) !== undefined && !isUnknownOutcome(error) && card.attempts >= MAX_ATTEMPTS) {
      this.logger.error('A card is given up until its subject changes again', error, about);
      await this.store.abandon(card, messageOf(error));
    } else {
      this.logger.warn('A card waits: Slack did not take it', {
        ...about,
        error: messageOf(error),
        attempts: card.attempts,
      });
      const afterSeconds = Math.min(2 ** (card.attempts - 1), LONGEST_BACKOFF_SECONDS);
      await this.store.tryAgain(card, {
        afterSeconds,
        error: messageOf(error),
        certainlyNotPosted: !isUnknownOutcome(error),
      });
    }
    return {};
  }

  /** The channel it belongs in can't be posted to: the requests channel takes it, and the audit says so. */
  private async fallBack(card: ClaimedCard, because: string): Promise<void> {
    const instead = await this.elsewhere(card);
    if (card.channel !== null) this.channels.forget(card.channel);
    if (instead === null) await this.store.abandon(card, because);
    else await this.store.moveTo(card, instead);
    this.logger.warn('A card can’t be shown where it belongs', { card: card.id, place: card.place, because, instead });
    // An audit event about a card of audit events would make another such card, and so on.
    if (card.subject.kind !== 'audit') await this.record(card, because, instead);
  }

  private record(card: ClaimedCard, because: string, instead: string | null): Promise<void> {
    const summary =
      instead === null
        ? `has no channel to show its card in (wanted: ${card.place})`
        : `shows its card elsewhere than in ${card.place}`;
    return this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: instead === null ? 'card.abandoned' : 'card.moved',
        actor: { kind: 'system', id: 'slack' },
        subject: card.subject,
        traceId: currentTraceId() ?? 'none',
        summary,
        data: { place: card.place, because },
      }),
    );
  }

  private async elsewhere(card: ClaimedCard): Promise<string | null> {
    if (card.subject.kind === 'audit' || card.surface === 'home' || isPerson(card.place)) return null;
    const channel: string | null = await this.gateway.channelId(this.env.channels.requests).catch(() => null);
    const tried: MessagePlace['channel'] | null =
      card.channel ?? (await this.gateway.channelId(card.place).catch(() => null));
    return channel === null || channel === tried ? null : channel;
  }
}
