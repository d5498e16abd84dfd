import { Injectable } from '@nestjs/common';
import type { SubjectRef } from '../../platform/changes/index.js';
import { Transactions } from '../../platform/database/index.js';
import type { MessagePlace } from '../web/slack-gateway.js';

/** Which message shows which subject, and the other way round. */
@Injectable()
export class CardPlaces {
  constructor(private readonly transactions: Transactions) {}

  /** The posted card of a subject; null while it has none. */
  async find(subject: SubjectRef, surface: string): Promise<MessagePlace | null> {
    const [row] = await this.transactions.query<MessagePlace>(
      `select channel, ts from cards where subject_kind = $1 and subject_id = $2 and surface = $3 and ts is not null
       order by created_at limit 1`,
      [subject.kind, subject.id, surface],
    );
    return row ?? null;
  }

  /** The posted cards of many subjects of a kind, by their ids. */
  async findMany(
    kind: SubjectRef['kind'],
    ids: readonly string[],
    surface: string,
  ): Promise<Map<string, MessagePlace>> {
    const rows = await this.transactions.query<MessagePlace & { id: string }>(
      `select distinct on (subject_id) subject_id as id, channel, ts from cards
       where subject_kind = $1 and subject_id = any($2) and surface = $3 and ts is not null order by subject_id, created_at`,
      [kind, ids, surface],
    );
    return new Map(rows.map(({ id, channel, ts }) => [id, { channel, ts }]));
  }

  /** The first posted card of a subject, whatever its surface. */
  async findAny(subject: SubjectRef): Promise<MessagePlace | null> {
    const [row] = await this.transactions.query<MessagePlace>(
      'select channel, ts from cards where subject_kind = $1 and subject_id = $2 and ts is not null order by created_at limit 1',
      [subject.kind, subject.id],
    );
    return row ?? null;
  }

  /** The subject that a message shows; null if it is no card. */
  async subjectOf(place: MessagePlace): Promise<{ subject: SubjectRef; surface: string } | null> {
    const [row] = await this.transactions.query<{ kind: SubjectRef['kind']; id: string; surface: string }>(
      'select subject_kind as kind, subject_id as id, surface from cards where channel = $1 and ts = $2',
      [place.channel, place.ts],
    );
    return row === undefined ? null : { subject: { kind: row.kind, id: row.id }, surface: row.surface };
  }
}
