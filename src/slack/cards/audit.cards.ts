import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Audit, type AuditRecord } from '../../audit/index.js';
import { lines, section } from '../text/blocks.js';
import { code, escape, mention, timeWords } from '../text/mrkdwn.js';
import type { CardMessage, CardRef, CardSource, Placement } from './card-source.js';

const batch = z.object({ events: z.array(z.string()) });

/** Compact lines in the audit channel, one an event; {@link AuditBatches} says which go into one message. */
@Injectable()
export class AuditCards implements CardSource {
  readonly kind = 'audit';

  constructor(private readonly audit: Audit) {}

  placements(): Promise<readonly Placement[]> {
    return Promise.resolve([]);
  }

  async render(_id: string, { data }: CardRef): Promise<CardMessage | null> {
    const events = await this.audit.findAll(batch.parse(data).events);
    return events.length === 0 ? null : auditMessage(events);
  }
}

/** Pure: events → one message. */
export function auditMessage(events: readonly AuditRecord[]): CardMessage {
  const [first] = events;
  const text = events.length === 1 && first !== undefined ? plainLine(first) : `${events.length} audit events`;
  return { text, blocks: [section(lines(events.map(auditLine), 'more events'))] };
}

/** `14:03:11 @ada requested … · req-… · trace` */
function auditLine(event: AuditRecord): string {
  const { at, actor, summary, subject, traceId, type } = event;
  const who =
    actor.kind === 'person' && /^[UW][A-Z0-9]{2,}$/.test(actor.id) ? mention(actor.id) : `_${escape(actor.id, 40)}_`;
  return `${timeWords(at)} ${who} ${escape(summary.replaceAll(/\s+/g, ' '), 300)} · ${code(subject.id, 60)} · \`${type}\` · ${code(traceId, 40)}`;
}

function plainLine({ summary, subject }: AuditRecord): string {
  return `Audit: ${escape(summary, 300)} (${escape(subject.id, 60)})`;
}
