import { Injectable } from '@nestjs/common';
import type { SubjectRef } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { type IdPrefix, Ids, type Json } from '../../shared/index.js';
import type { MessagePlace } from '../web/slack-gateway.js';
import type { Placement } from './card-source.js';
import { IF_FREE, PACE_MILLISECONDS, TAKE_LANE } from './shared-lanes.js';

/** A card that this process has in hand for a while; `claim` fences off whoever had it before. */
export interface ClaimedCard {
  readonly id: string;
  readonly subject: SubjectRef;
  readonly surface: string;
  readonly place: string;
  readonly data: Json;
  readonly channel: string | null;
  readonly ts: string | null;
  readonly wantedRevision: string;
  readonly renderedHash: string | null;
  readonly claim: number;
  readonly attempts: number;
  /** An earlier try to post it never learned how it went. */
  readonly maybePosted: boolean;
}

interface Row {
  id: string;
  subject_kind: SubjectRef['kind'];
  subject_id: string;
  surface: string;
  place: string;
  data: Json;
  channel: string | null;
  ts: string | null;
  wanted_revision: string;
  rendered_hash: string | null;
  claim: number;
  attempts: number;
  was: string;
}

/** Whoever takes a card in hand has this long; then another may. Longer than a call of Slack may take. */
const CLAIM_SECONDS = 45;
const CARD_PREFIX: IdPrefix = 'crd';

@Injectable()
export class CardStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly ids: Ids,
  ) {}

  /** Wants a card, or wants it rendered again. */
  async want(subject: SubjectRef, placement: Placement, tx: Pick<Tx, 'query'> = this.transactions): Promise<void> {
    await tx.query(
      `insert into cards (id, subject_kind, subject_id, surface, place, data) values ($1, $2, $3, $4, $5, $6)
       on conflict (subject_kind, subject_id, surface, place) do nothing`,
      [
        this.ids.next(CARD_PREFIX),
        subject.kind,
        subject.id,
        placement.surface,
        placement.place,
        JSON.stringify(placement.data ?? {}),
      ],
    );
  }

  /** Every card of these subjects is to be rendered again. */
  async wantAgain(subjects: readonly SubjectRef[]): Promise<void> {
    await this.again('(subject_kind, subject_id) in (select * from unnest($1::text[], $2::text[]))', [
      subjects.map(({ kind }) => kind),
      subjects.map(({ id }) => id),
    ]);
  }

  /** The App Homes of these persons, as far as they were ever opened. */
  async wantHomesAgain(personIds: readonly string[]): Promise<void> {
    if (personIds.length > 0)
      await this.again(`subject_kind = 'person' and surface = 'home' and subject_id = any($1)`, [personIds]);
  }

  /** One card that is due and whose lane is free here and for all replicas; it is taken along. */
  async claim(busyLanes: readonly string[]): Promise<ClaimedCard | null> {
    const [row] = await this.transactions.query<Row>(
      `with due as (
         select id, state, coalesce(channel, place) as lane from cards
         where wanted_revision > rendered_revision and state <> 'abandoned' and not_before <= now()
           and coalesce(channel, place) <> all($1)
           and not exists (select from slack_lanes where lane = coalesce(channel, place) and free_at > now())
         order by not_before, created_at limit 1 for update skip locked),
       taken as (${TAKE_LANE} select lane, now() + $3 * interval '1 millisecond' from due ${IF_FREE})
       update cards set state = case when cards.ts is null then 'posting' else cards.state end,
         claim = claim + 1, attempts = attempts + 1, not_before = now() + make_interval(secs => $2)
       from due join taken using (lane) where cards.id = due.id returning cards.*, due.state as was`,
      [busyLanes, CLAIM_SECONDS, PACE_MILLISECONDS],
    );
    return row === undefined ? null : claimedOf(row);
  }

  async shown(card: ClaimedCard, place: MessagePlace | null, hash: string): Promise<void> {
    await this.settle(
      card,
      `state = 'shown', channel = coalesce($3, channel), ts = coalesce($4, ts), rendered_revision = $5, rendered_hash = $6,
       attempts = 0, not_before = now(), last_error = null, shown_at = coalesce(shown_at, now())`,
      [place?.channel ?? null, place?.ts ?? null, card.wantedRevision, hash],
    );
  }

  /** There is nothing to show (any more). */
  async nothingToShow(card: ClaimedCard): Promise<void> {
    await this.settle(
      card,
      `state = case when ts is null then 'unplaced' else 'shown' end, rendered_revision = $3, attempts = 0, not_before = now()`,
      [card.wantedRevision],
    );
  }

  /** What was posted before the answer was lost. It still has to be brought up to date. */
  async found(card: ClaimedCard, place: MessagePlace): Promise<void> {
    await this.settle(card, `state = 'shown', channel = $3, ts = $4, not_before = now()`, [place.channel, place.ts]);
  }

  async tryAgain(
    card: ClaimedCard,
    wish: { afterSeconds: number; error: string; certainlyNotPosted: boolean },
  ): Promise<void> {
    await this.settle(
      card,
      `not_before = now() + make_interval(secs => $3), last_error = $4,
       state = case when $5::boolean and ts is null then 'wanted' else state end`,
      [wish.afterSeconds, wish.error, wish.certainlyNotPosted],
    );
  }

  /** The message is gone: it is posted again. */
  async vanished(card: ClaimedCard): Promise<void> {
    await this.settle(card, `state = 'wanted', ts = null, rendered_hash = null, not_before = now()`, []);
  }

  async moveTo(card: ClaimedCard, channel: string): Promise<void> {
    await this.settle(card, `state = 'wanted', channel = $3, ts = null, not_before = now()`, [channel]);
  }

  async abandon(card: ClaimedCard, error: string): Promise<void> {
    await this.settle(card, `state = 'abandoned', last_error = $3`, [error]);
  }

  private async settle(card: ClaimedCard, change: string, parameters: readonly unknown[]): Promise<void> {
    await this.transactions.query(`update cards set ${change} where id = $1 and claim = $2`, [
      card.id,
      card.claim,
      ...parameters,
    ]);
  }

  private async again(which: string, parameters: readonly unknown[]): Promise<void> {
    await this.transactions.query(
      `update cards set wanted_revision = wanted_revision + 1,
         state = case when state = 'abandoned' then 'wanted' else state end,
         attempts = case when state = 'abandoned' then 0 else attempts end
       where ${which}`,
      parameters,
    );
  }
}

function claimedOf(row: Row): ClaimedCard {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id },
    surface: row.surface,
    place: row.place,
    data: row.data,
    channel: row.channel,
    ts: row.ts,
    wantedRevision: row.wanted_revision,
    renderedHash: row.rendered_hash,
    claim: row.claim,
    attempts: row.attempts,
    maybePosted: row.was === 'posting' && row.ts === null,
  };
}
