import { Injectable } from '@nestjs/common';
import type { Runbook } from '../catalog/index.js';
import type { Resource } from '../resources/index.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentOver, NoIncidentHere } from './incidents.errors.js';
import type { Playbook } from './playbook.js';
import { Playbooks } from './playbooks.js';
import { Timeline } from './timeline.js';
import type { TimelineEntry } from './timeline-entry.js';

const LISTED = 25;

/** An incident with all its cards show. */
export interface IncidentView {
  readonly incident: Incident;
  readonly resource: Resource | null;
  /** All that were ever in use; at most one is now. */
  readonly playbooks: readonly Playbook[];
  /** Runbooks that apply and are not in use, best fit first. */
  readonly alternatives: readonly Runbook[];
}

/** Reads. Incidents are public in the workspace, as their channels are. */
@Injectable()
export class Incidents {
  constructor(
    private readonly store: IncidentStore,
    private readonly access: IncidentAccess,
    private readonly playbooks: Playbooks,
    private readonly entries: Timeline,
  ) {}

  /** @throws UnknownIncident */
  get(id: string): Promise<Incident> {
    return this.store.get(id);
  }

  /** @throws UnknownIncident, IncidentOver */
  async getOpen(id: string): Promise<Incident> {
    const incident = await this.store.get(id);
    if (incident.state === 'resolved') throw new IncidentOver();
    return incident;
  }

  /** The open incident of this channel, else the last one that was resolved there. */
  byChannel(channelId: string): Promise<Incident | null> {
    return this.store.findByChannel(channelId);
  }

  /** By id if one was given, else by the channel it was said in. @throws UnknownIncident, NoIncidentHere */
  async meant(id: string | undefined, channelId: string): Promise<Incident> {
    if (id !== undefined) return this.store.get(id);
    const incident = await this.store.findByChannel(channelId);
    if (incident === null) throw new NoIncidentHere();
    return incident;
  }

  listOpen(): Promise<Incident[]> {
    return this.store.list('open', LISTED);
  }

  timeline(id: string): Promise<TimelineEntry[]> {
    return this.entries.list(id);
  }

  /** @throws UnknownIncident */
  async view(id: string): Promise<IncidentView> {
    const incident = await this.store.get(id);
    const [resource, playbooks, applying] = await Promise.all([
      this.access.affected(incident),
      this.playbooks.list(id),
      this.playbooks.applying(incident),
    ]);
    const inUse = playbooks.find(({ state }) => state === 'in-use');
    return { incident, resource, playbooks, alternatives: applying.filter(({ name }) => name !== inUse?.runbook.name) };
  }
}
