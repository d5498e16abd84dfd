import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Changes } from '../platform/changes/index.js';
import type { Tx } from '../platform/database/index.js';
import type { JsonObject } from '../shared/index.js';
import type { Incident } from './incident.js';
import { TimelineStore } from './timeline.store.js';
import type { TimelineKind } from './timeline-entry.js';

export interface JournalEvent {
  /** Audit type in the past tense, `incident.declared`. */
  readonly type: string;
  /** Slack user id; null when the product acts by itself. */
  readonly by: string | null;
  /** One plain line for the audit trail and, with `timeline`, for the timeline. */
  readonly summary: string;
  readonly timeline?: { readonly kind: TimelineKind; readonly key: string };
  readonly data?: JsonObject;
}

/** What every change of an incident leaves behind, in its own transaction: a timeline entry, a mark for the cards, an audit event. */
@Injectable()
export class IncidentJournal {
  constructor(
    private readonly timeline: TimelineStore,
    private readonly changes: Changes,
    private readonly audit: Audit,
  ) {}

  /** Call it last in the transaction. */
  async record(tx: Tx, incident: Pick<Incident, 'id' | 'traceId'>, event: JournalEvent): Promise<void> {
    const { type, by, summary, timeline, data } = event;
    if (timeline !== undefined) await this.timeline.add(tx, incident.id, { ...timeline, text: summary, authorId: by });
    const subject = { kind: 'incident' as const, id: incident.id };
    await this.changes.mark(tx, subject);
    await this.audit.append(tx, {
      type,
      actor: by === null ? { kind: 'system', id: 'quartermaster' } : { kind: 'person', id: by },
      subject,
      traceId: incident.traceId,
      summary,
      ...(data !== undefined && { data }),
    });
  }
}
