import { Injectable } from '@nestjs/common';
import { People } from '../identity/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Redactor } from '../secrets/index.js';
import { durationWords } from './duration.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentRoom } from './incident-room.js';
import { Playbooks } from './playbooks.js';
import { postmortem } from './postmortem.js';
import { TimelineStore } from './timeline.store.js';
import type { TimelineEntry } from './timeline-entry.js';

/** The parts of closing an incident. Each may be repeated. */
@Injectable()
export class IncidentClosing {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: IncidentStore,
    private readonly access: IncidentAccess,
    private readonly playbooks: Playbooks,
    private readonly timeline: TimelineStore,
    private readonly people: People,
    private readonly redactor: Redactor,
    private readonly notices: Notices,
    private readonly room: IncidentRoom,
  ) {}

  /** Writes the postmortem down once, and posts the end with its duration. */
  async writePostmortem(id: string): Promise<void> {
    const incident = await this.store.get(id);
    const { resolvedAt } = incident;
    if (resolvedAt === null || incident.postmortem !== null) return;
    const timeline = await this.timeline.list(id);
    const markdown = postmortem({
      incident: { ...incident, resolvedAt },
      resource: await this.access.affected(incident),
      playbooks: await this.playbooks.list(id),
      timeline,
      names: await this.namesOf(incident, timeline),
    });
    await this.transactions.run(async (tx) => {
      if ((await this.store.setPostmortem(tx, id, this.redactor.text(markdown))) === null) return;
      await this.notices.post(tx, {
        key: `incident-resolved:${id}`,
        to: { kind: 'thread', subject: { kind: 'incident', id } },
        template: 'incident-resolved',
        data: {
          incidentId: id,
          title: incident.title,
          duration: durationWords(incident.declaredAt, resolvedAt),
          summary: incident.summary ?? '',
          resolvedBy: incident.resolvedBy ?? '',
          timelineEntries: timeline.length,
        },
      });
    });
  }

  async uploadPostmortem(id: string): Promise<void> {
    const { room, postmortem: text, title } = await this.store.get(id);
    if (room === null || text === null) return;
    await this.room.upload({
      channelId: room.channelId,
      name: `postmortem-${id}.md`,
      title: `Postmortem: ${title}`,
      text,
      comment: 'The postmortem, with the timeline and what the playbook did. Fill in the follow-ups.',
    });
  }

  sayPostmortemIsNotUploaded(id: string): Promise<void> {
    return this.transactions.run((tx) =>
      this.notices.post(tx, {
        key: `incident:${id}:not-uploaded`,
        to: { kind: 'thread', subject: { kind: 'incident', id } },
        template: 'plain',
        data: {
          text: `The postmortem is written and kept, but Slack would not take the file. \`incident timeline ${id}\` shows the timeline.`,
        },
      }),
    );
  }

  /** Who Slack can't name keeps the id. */
  private async namesOf(incident: Incident, timeline: readonly TimelineEntry[]): Promise<Map<string, string>> {
    const { declaredBy, commanderId, onCallId, resolvedBy } = incident;
    const playbooks = await this.playbooks.list(incident.id);
    const ids = new Set(
      [
        declaredBy,
        commanderId,
        onCallId,
        resolvedBy,
        ...timeline.map((entry) => entry.authorId),
        ...playbooks.flatMap(({ steps }) => steps.map((step) => step.changedBy)),
      ].filter((id) => id !== null),
    );
    const names = new Map<string, string>();
    for (const id of ids) {
      const person = await this.people.get(id).catch(() => null);
      if (person !== null) names.set(id, person.name);
    }
    return names;
  }
}
