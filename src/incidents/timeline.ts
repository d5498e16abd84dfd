import { Injectable } from '@nestjs/common';
import { Transactions } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import { IncidentStore } from './incident.store.js';
import { IncidentJournal } from './incident-journal.js';
import { type PinnedMessage, TimelineStore } from './timeline.store.js';
import type { TimelineEntry } from './timeline-entry.js';

/** What happened when. 📌 puts a message there; everything else writes itself. */
@Injectable()
export class Timeline {
  constructor(
    private readonly transactions: Transactions,
    private readonly incidents: IncidentStore,
    private readonly store: TimelineStore,
    private readonly journal: IncidentJournal,
    private readonly redactor: Redactor,
  ) {}

  /**
   * Makes a message's place on the timeline follow who pins it now, as re-read from Slack: the first 📌 puts it there,
   * the last one's removal takes it off. Repeating it changes nothing. @throws UnknownIncident
   */
  async syncPin(incidentId: string, message: PinnedMessage): Promise<void> {
    const incident = await this.incidents.get(incidentId);
    await this.transactions.run(async (tx) => {
      const changed = await this.store.setPins(tx, incidentId, { ...message, text: this.redactor.text(message.text) });
      if (!changed) return;
      const isPinned = message.pinnedBy.length > 0;
      await this.journal.record(tx, incident, {
        type: isPinned ? 'incident.message_pinned' : 'incident.message_unpinned',
        by: message.pinnedBy.at(-1) ?? null,
        summary: isPinned ? 'A message was put on the timeline' : 'A message was taken off the timeline',
        data: { channelId: message.channelId, ts: message.ts },
      });
    });
  }

  /** In the order it happened. */
  list(incidentId: string): Promise<TimelineEntry[]> {
    return this.store.list(incidentId);
  }
}
