import { Injectable } from '@nestjs/common';
import { NobodyOnCall, OnCall, type Person } from '../identity/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { channelName } from './channel-name.js';
import type { Incident, Room } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentJournal } from './incident-journal.js';
import { IncidentRoom } from './incident-room.js';
import { Playbooks } from './playbooks.js';

/** The parts of opening an incident. Each may be repeated: what is there already is left as it is. */
@Injectable()
export class IncidentOpening {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: IncidentStore,
    private readonly room: IncidentRoom,
    private readonly journal: IncidentJournal,
    private readonly notices: Notices,
    private readonly onCall: OnCall,
    private readonly access: IncidentAccess,
    private readonly playbooks: Playbooks,
  ) {}

  async makeRoom(id: string): Promise<void> {
    const incident = await this.store.get(id);
    if (incident.room === null) await this.moveIn(incident, await this.room.create(channelName(incident)));
  }

  async goOnInTheIncidentsChannel(id: string): Promise<void> {
    await this.moveIn(await this.store.get(id), await this.room.fallback());
    await this.say(
      id,
      'no-channel',
      'Slack would not make a channel for this incident, so it goes on right here. The playbook, the timeline and the postmortem work as always. To get a channel next time, let the app make public channels.',
    );
  }

  /** Declarer, whoever is on call and the resource's owner. */
  async invite(id: string): Promise<void> {
    const incident = await this.store.get(id);
    const onCall = await this.whoIsOnCall(incident);
    const resource = await this.access.affected(incident);
    if (incident.room === null) return;
    const roles = new Map<string, string>();
    if (resource !== null) roles.set(resource.ownerId, 'the resource’s owner');
    if (onCall !== null) roles.set(onCall.id, `${onCall.name}, who is on call`);
    roles.set(incident.declaredBy, 'whoever declared it');
    const { missing } = await this.room.invite(incident.room.channelId, [...roles.keys()]);
    if (missing.length === 0) return;
    const people = missing.map((personId) => roles.get(personId) ?? personId).join('; ');
    await this.say(id, 'not-invited', `Slack would not let me invite ${people}. Please invite them by hand.`);
  }

  sayNobodyWasInvited(id: string): Promise<void> {
    return this.say(
      id,
      'nobody-invited',
      'Slack would not let me invite anybody here. Please invite who is on call and the resource’s owner by hand.',
    );
  }

  async setTopic(id: string): Promise<void> {
    const { room, title } = await this.store.get(id);
    // The incidents channel keeps its own topic.
    if (room?.own === true) await this.room.setTopic(room.channelId, topicOf(title));
  }

  async suggestPlaybook(id: string): Promise<void> {
    await this.playbooks.suggest(id);
  }

  pinCard(id: string): Promise<void> {
    return this.room.pinCard(id);
  }

  sayCardIsNotPinned(id: string): Promise<void> {
    return this.say(
      id,
      'not-pinned',
      'Slack would not let me pin the incident’s card; it stays up to date all the same.',
    );
  }

  private async moveIn(incident: Incident, room: Room): Promise<void> {
    await this.transactions.run(async (tx) => {
      const changed = await this.store.setRoom(tx, incident.id, room);
      if (changed === null) return;
      await this.journal.record(tx, changed, {
        type: 'incident.room_opened',
        by: null,
        summary: room.own
          ? `Opened the channel #${room.name}`
          : `Goes on in #${room.name}: Slack would not make a channel`,
        timeline: { kind: 'room', key: 'room' },
        data: { channelId: room.channelId, own: room.own },
      });
    });
  }

  private async whoIsOnCall(incident: Incident): Promise<Person | null> {
    try {
      const person = await this.onCall.current();
      await this.transactions.run(async (tx) => {
        const changed = await this.store.setOnCall(tx, incident.id, person.id);
        if (changed === null) return;
        await this.notices.post(tx, {
          key: `incident-invited:${incident.id}:${person.id}`,
          to: { kind: 'person', personId: person.id },
          template: 'incident-invited',
          data: {
            incidentId: incident.id,
            title: incident.title,
            severity: incident.severity,
            channelId: changed.room?.channelId ?? null,
          },
        });
        await this.journal.record(tx, changed, {
          type: 'incident.on_call_called',
          by: null,
          summary: `Called ${person.name}, who is on call`,
          timeline: { kind: 'room', key: 'on-call' },
        });
      });
      return person;
    } catch (error) {
      if (!(error instanceof NobodyOnCall)) throw error;
      await this.say(incident.id, 'nobody-on-call', error.publicMessage);
      return null;
    }
  }

  private say(incidentId: string, key: string, text: string): Promise<void> {
    return this.transactions.run((tx) =>
      this.notices.post(tx, {
        key: `incident:${incidentId}:${key}`,
        to: { kind: 'thread', subject: { kind: 'incident', id: incidentId } },
        template: 'plain',
        data: { text },
      }),
    );
  }
}

const MAX_TOPIC = 250;

/** Nothing that changes: severity and state are on the card. */
function topicOf(title: string): string {
  return `Incident: ${title}`.slice(0, MAX_TOPIC);
}
