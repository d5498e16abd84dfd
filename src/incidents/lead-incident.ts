import { Injectable } from '@nestjs/common';
import type { Severity } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentJournal } from './incident-journal.js';
import { IncidentOver } from './incidents.errors.js';

/** Severity and command of an open incident. Asking for what is so already changes nothing and is no error. */
@Injectable()
export class LeadIncident {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: IncidentStore,
    private readonly access: IncidentAccess,
    private readonly journal: IncidentJournal,
  ) {}

  /** @throws UnknownIncident, IncidentForbidden, IncidentOver */
  changeSeverity(incidentId: string, severity: Severity, person: Person): Promise<Incident> {
    return this.change(incidentId, person, async (tx, before) => {
      const after = await this.store.setSeverity(tx, incidentId, severity);
      if (after === null) return before;
      await this.journal.record(tx, after, {
        type: 'incident.severity_changed',
        by: person.id,
        summary: `Severity changed from ${before.severity} to ${severity}`,
        timeline: { kind: 'severity', key: `severity:${after.version}` },
        data: { from: before.severity, to: severity },
      });
      return after;
    });
  }

  /** @throws UnknownIncident, IncidentForbidden, IncidentOver */
  takeCommand(incidentId: string, person: Person): Promise<Incident> {
    return this.change(incidentId, person, async (tx, before) => {
      const after = await this.store.setCommander(tx, incidentId, person.id);
      if (after === null) return before;
      await this.journal.record(tx, after, {
        type: 'incident.commander_changed',
        by: person.id,
        summary: 'Took command',
        timeline: { kind: 'commander', key: `commander:${after.version}` },
        data: { from: before.commanderId, to: person.id },
      });
      return after;
    });
  }

  private async change(
    id: string,
    person: Person,
    work: (tx: Tx, before: Incident) => Promise<Incident>,
  ): Promise<Incident> {
    await this.access.authorizeLead(person, await this.store.get(id));
    return this.transactions.run(async (tx) => {
      const before = await this.store.lock(tx, id);
      if (before.state === 'resolved') throw new IncidentOver();
      return work(tx, before);
    });
  }
}
