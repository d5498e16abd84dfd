import { Injectable } from '@nestjs/common';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { TimelineEntry, TimelineKind } from './timeline-entry.js';

interface TimelineRow {
  kind: TimelineKind;
  at: Date;
  text: string;
  author_id: string | null;
  pinned_by: string[];
}

export interface NewEntry {
  readonly kind: TimelineKind;
  /** One entry a key and incident, ever. */
  readonly key: string;
  readonly text: string;
  readonly authorId: string | null;
}

export interface PinnedMessage {
  readonly channelId: string;
  /** Slack's timestamp, which is the message's identity in its channel. */
  readonly ts: string;
  readonly text: string;
  readonly authorId: string | null;
  readonly pinnedBy: readonly string[];
}

/** The incident_timeline table. */
@Injectable()
export class TimelineStore {
  constructor(private readonly transactions: Transactions) {}

  /** False when the key was there already. */
  async add(tx: Tx, incidentId: string, { kind, key, text, authorId }: NewEntry): Promise<boolean> {
    const rows = await tx.query(
      `insert into incident_timeline (incident_id, key, kind, text, author_id) values ($1, $2, $3, $4, $5)
       on conflict (incident_id, key) do nothing returning id`,
      [incidentId, key, kind, text, authorId],
    );
    return rows.length > 0;
  }

  /** Who pins a message now. Nobody: the entry is marked removed, and comes back with the next 📌. True if that changed anything. */
  async setPins(
    tx: Tx,
    incidentId: string,
    { channelId, ts, text, authorId, pinnedBy }: PinnedMessage,
  ): Promise<boolean> {
    const sorted = [...new Set(pinnedBy)].sort();
    const rows = await tx.query(
      `insert into incident_timeline (incident_id, key, kind, at, text, author_id, pinned_by, channel_id, message_ts)
       select $1::text, $2::text, 'pin', to_timestamp($3::text::numeric), $4, $5, $6::text[], $7, $3::text where cardinality($6::text[]) > 0
         or exists (select 1 from incident_timeline where incident_id = $1 and key = $2)
       on conflict (incident_id, key) do update set pinned_by = excluded.pinned_by,
         removed_at = case when cardinality(excluded.pinned_by) = 0 then now() end
       where incident_timeline.pinned_by <> excluded.pinned_by
       returning id`,
      [incidentId, `pin:${channelId}:${ts}`, ts, text, authorId, sorted, channelId],
    );
    return rows.length > 0;
  }

  /** In the order it happened, without what was taken back. */
  async list(incidentId: string): Promise<TimelineEntry[]> {
    const rows = await this.transactions.query<TimelineRow>(
      `select kind, at, text, author_id, pinned_by from incident_timeline
       where incident_id = $1 and removed_at is null order by at, id`,
      [incidentId],
    );
    return rows.map(({ author_id, pinned_by, ...row }) => ({ ...row, authorId: author_id, pinnedBy: pinned_by }));
  }
}
