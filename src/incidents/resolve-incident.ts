import { Injectable } from '@nestjs/common';
import { Approvals } from '../approvals/index.js';
import type { Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { Redactor } from '../secrets/index.js';
import { durationWords } from './duration.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentJournal } from './incident-journal.js';
import { IncidentOver } from './incidents.errors.js';
import { PlaybookStore } from './playbook.store.js';

/** Ends an incident. Steps that run go on to their end; what still waits for approval is withdrawn. */
@Injectable()
export class ResolveIncident {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: IncidentStore,
    private readonly access: IncidentAccess,
    private readonly playbooks: PlaybookStore,
    private readonly approvals: Approvals,
    private readonly journal: IncidentJournal,
    private readonly durable: Durable,
    private readonly redactor: Redactor,
    private readonly metrics: Metrics,
  ) {}

  /** @throws UnknownIncident, IncidentForbidden, IncidentOver */
  async resolve({
    incidentId,
    person,
    summary,
  }: {
    incidentId: string;
    person: Person;
    summary: string;
  }): Promise<Incident> {
    await this.access.authorizeLead(person, await this.store.get(incidentId));
    const resolved = await this.transactions.run(async (tx) => {
      const incident = await this.store.resolve(tx, incidentId, person.id, this.redactor.text(summary.trim()));
      if (incident === null) throw new IncidentOver();
      await this.withdrawApprovals(tx, incident);
      await this.durable.enqueue(tx, {
        workflow: 'resolve-incident',
        id: `incident:${incidentId}:resolve`,
        args: [incidentId],
        queue: 'incidents',
      });
      await this.journal.record(tx, incident, {
        type: 'incident.resolved',
        by: person.id,
        summary: `Resolved after ${durationWords(incident.declaredAt, incident.resolvedAt ?? incident.declaredAt)}`,
        timeline: { kind: 'resolved', key: 'resolved' },
      });
      return incident;
    });
    this.metrics.incidents.inc({ severity: resolved.severity, event: 'resolved' });
    return resolved;
  }

  private async withdrawApprovals(tx: Tx, incident: Incident): Promise<void> {
    const playbook = await this.playbooks.findInUse(incident.id, tx);
    if (playbook === null) return;
    for (const step of await this.playbooks.steps(playbook.id, tx)) {
      if (step.state !== 'awaiting-approval') continue;
      await this.approvals.cancel(tx, { kind: 'incident', id: `${incident.id}/${step.name}` });
      await this.playbooks.change(tx, {
        playbookId: playbook.id,
        name: step.name,
        from: ['awaiting-approval'],
        to: 'waiting',
        note: 'The incident was resolved first.',
      });
    }
  }
}
