import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Audit, type AuditRecord, type CheckpointFacts, Checkpoints, checkpointOfMark } from '../../audit/index.js';
import { checkpointLine } from '../audit/checkpoint-line.js';
import { lines, section } from '../text/blocks.js';
import { code, escape, mention, timeWords } from '../text/mrkdwn.js';
import type { CardMessage, CardRef, CardSource, Placement } from './card-source.js';

const batch = z.object({ events: z.array(z.string()) });

/** Compact lines in the audit channel, one an event; {@link AuditBatches} says which go into one message. */
@Injectable()
export class AuditCards implements CardSource {
  readonly kind = 'audit';

  constructor(
    private readonly audit: Audit,
    private readonly checkpoints: Checkpoints,
  ) {}

  placements(): Promise<readonly Placement[]> {
    return Promise.resolve([]);
  }

  async render(_id: string, { data }: CardRef): Promise<CardMessage | null> {
    const ids = batch.parse(data).events;
    const numbers = ids.map(checkpointOfMark).filter((number) => number !== null);
    const [events, signed] = await Promise.all([this.audit.findAll(ids), this.checkpoints.find(numbers)]);
    return events.length + signed.length === 0 ? null : auditMessage(events, signed);
  }
}

/** Pure: events, and what was signed → one message. */
export function auditMessage(events: readonly AuditRecord[], signed: readonly CheckpointFacts[] = []): CardMessage {
  return {
    text: headline(events, signed),
    blocks: [
      ...(events.length === 0 ? [] : [section(lines(events.map(auditLine), 'more events'))]),
      ...signed.map(checkpointLine),
    ],
  };
}

function headline(events: readonly AuditRecord[], signed: readonly CheckpointFacts[]): string {
  const [first] = events;
  if (first === undefined) return `Audit checkpoint ${signed[0]?.number ?? ''}`;
  return events.length === 1 ? plainLine(first) : `${events.length} audit events`;
}

/** `14:03:11 @ada requested … · req-… · trace` */
export function auditLine(event: AuditRecord): string {
  const { at, actor, summary, subject, traceId, type } = event;
  const who =
    actor.kind === 'person' && /^[UW][A-Z0-9]{2,}$/.test(actor.id) ? mention(actor.id) : `_${escape(actor.id, 40)}_`;
  return `${timeWords(at)} ${who} ${escape(summary.replaceAll(/\s+/g, ' '), 300)} · ${code(subject.id, 60)} · \`${type}\` · ${code(traceId, 40)}`;
}

function plainLine({ summary, subject }: AuditRecord): string {
  return `Audit: ${escape(summary, 300)} (${escape(subject.id, 60)})`;
}
