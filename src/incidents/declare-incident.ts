import { Injectable } from '@nestjs/common';
import type { Severity } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import { Transactions } from '../platform/database/index.js';
import { Durable } from '../platform/durable/index.js';
import { Redactor } from '../secrets/index.js';
import { Ids } from '../shared/index.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentJournal } from './incident-journal.js';

export interface DeclareCommand {
  readonly person: Person;
  readonly title: string;
  readonly severity: Severity;
  /** What is seen. */
  readonly description: string;
  readonly resourceId?: string;
  readonly traceId: string;
  /** The modal's view id: the same one is the same incident. */
  readonly idempotencyKey: string;
}

/** Declares an incident. The room, the people and the playbook follow in the workflow `open-incident`. */
@Injectable()
export class DeclareIncident {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: IncidentStore,
    private readonly access: IncidentAccess,
    private readonly journal: IncidentJournal,
    private readonly durable: Durable,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
    private readonly metrics: Metrics,
  ) {}

  /** The incident; the first one if the key was used before. @throws IncidentForbidden, ResourceGone */
  async declare(command: DeclareCommand): Promise<Incident> {
    const { person, severity, resourceId, traceId, idempotencyKey } = command;
    await this.access.authorizeDeclare(person, resourceId);
    const { incident, isNew } = await this.transactions.run(async (tx) => {
      const inserted = await this.store.insert(tx, {
        id: this.ids.next('inc'),
        idempotencyKey,
        title: this.redactor.text(command.title.trim()),
        severity,
        description: this.redactor.text(command.description.trim()),
        declaredBy: person.id,
        resourceId: resourceId ?? null,
        traceId,
      });
      if (inserted === null) return { incident: await this.store.getByKey(tx, idempotencyKey), isNew: false };
      await this.durable.enqueue(tx, {
        workflow: 'open-incident',
        id: `incident:${inserted.id}`,
        args: [inserted.id],
        queue: 'incidents',
      });
      await this.journal.record(tx, inserted, {
        type: 'incident.declared',
        by: person.id,
        summary: `Declared as ${severity}: ${inserted.title}`,
        timeline: { kind: 'declared', key: 'declared' },
        data: { severity, resourceId: resourceId ?? null },
      });
      return { incident: inserted, isNew: true };
    });
    if (isNew) this.metrics.incidents.inc({ severity, event: 'declared' });
    return incident;
  }
}
