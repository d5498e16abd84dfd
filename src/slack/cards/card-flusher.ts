import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Logger, withTrace } from '../../platform/logging/index.js';
import { Ids } from '../../shared/index.js';
import { type ClaimedNotice, NoticeStore } from '../notices/notice.store.js';
import { NoticeSender } from '../notices/notice-sender.js';
import { InFlight } from '../wire/in-flight.js';
import { AuditBatches } from './audit-batches.js';
import { CardStore, type ClaimedCard } from './card.store.js';
import { CardPoster } from './card-poster.js';
import { CardProjection } from './card-projection.js';
import { ChangeFeed } from './change-feed.js';
import { Lanes } from './lanes.js';
import { PACE_MILLISECONDS } from './shared-lanes.js';

const TICK_MILLISECONDS = 1_000;
const AT_ONCE = 8;

/**
 * Makes what Slack shows follow what the database says. Woken by changes and by a tick; claims one card or notice at a time,
 * so that any number of replicas may do the same.
 */
@Injectable()
export class CardFlusher {
  private readonly lanes: Lanes;
  private readonly inFlight = new InFlight();
  private started = false;
  private wanted = false;
  private round: Promise<void> | null = null;

  constructor(
    private readonly feed: ChangeFeed,
    private readonly projection: CardProjection,
    private readonly batches: AuditBatches,
    private readonly cards: CardStore,
    private readonly poster: CardPoster,
    private readonly notices: NoticeStore,
    private readonly sender: NoticeSender,
    private readonly ids: Ids,
    private readonly logger: Logger,
  ) {
    this.lanes = new Lanes(PACE_MILLISECONDS, () => {
      this.wake();
    });
  }

  async start(): Promise<void> {
    this.started = true;
    await this.feed.start(() => {
      this.wake();
    });
    this.wake();
  }

  /** Takes nothing more in hand and lets what is in hand finish. */
  async stop(): Promise<void> {
    this.started = false;
    await this.feed.stop();
    await this.round;
    await this.inFlight.drained();
    this.lanes.close();
  }

  @Interval(TICK_MILLISECONDS)
  wake(): void {
    if (!this.started) return;
    this.wanted = true;
    this.round ??= this.rounds().finally(() => {
      this.round = null;
      // Woken between the last look and this line.
      if (this.wanted) this.wake();
    });
  }

  private async rounds(): Promise<void> {
    while (this.wanted && this.started) {
      this.wanted = false;
      try {
        await withTrace(this.ids.next('trc'), () => this.once());
      } catch (error) {
        this.wanted = false;
        this.logger.warn('Cards could not be brought up to date; the next tick tries again', { error: String(error) });
        return;
      }
    }
  }

  private async once(): Promise<void> {
    await this.projection.run();
    if (!this.lanes.isBusy(this.batches.lane)) await this.batches.gather();
    await this.each(
      () => this.cards.claim(this.lanes.busy()),
      (card) => {
        this.post(card);
      },
    );
    await this.each(
      () => this.notices.claim(),
      (notice) => {
        this.send(notice);
      },
    );
  }

  private async each<T>(claim: () => Promise<T | null>, work: (claimed: T) => void): Promise<void> {
    while (this.started) {
      if (this.inFlight.size >= AT_ONCE) {
        // What ends wakes us again.
        return;
      }
      const claimed = await claim();
      if (claimed === null) return;
      work(claimed);
    }
  }

  private post(card: ClaimedCard): void {
    const lane = card.channel ?? card.place;
    this.lanes.enter(lane);
    void this.inFlight.track(this.poster.carryOut(card)).then(({ holdSeconds }) => {
      this.lanes.leave(lane, holdSeconds === undefined ? undefined : holdSeconds * 1000);
      this.wake();
    });
  }

  private send(notice: ClaimedNotice): void {
    void this.inFlight.track(this.sender.carryOut(notice, this.lanes)).then(() => {
      this.wake();
    });
  }
}
