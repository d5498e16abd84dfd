import { Injectable } from '@nestjs/common';
import { Catalog, type Runbook } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Transactions, type Tx } from '../platform/database/index.js';
import { Ids } from '../shared/index.js';
import { bestFitFirst } from './best-fit.js';
import type { Incident } from './incident.js';
import { IncidentStore } from './incident.store.js';
import { IncidentAccess } from './incident-access.js';
import { IncidentJournal } from './incident-journal.js';
import { IncidentOver, PlaybookBusy, RunbookDoesNotApply } from './incidents.errors.js';
import type { Playbook, PlaybookStepState } from './playbook.js';
import { type PlaybookHead, PlaybookStore } from './playbook.store.js';

const BUSY: ReadonlySet<PlaybookStepState> = new Set(['awaiting-approval', 'running', 'rolling-back']);

/** Which runbook is in use in an incident. */
@Injectable()
export class Playbooks {
  constructor(
    private readonly transactions: Transactions,
    private readonly incidents: IncidentStore,
    private readonly store: PlaybookStore,
    private readonly catalog: Catalog,
    private readonly access: IncidentAccess,
    private readonly journal: IncidentJournal,
    private readonly ids: Ids,
  ) {}

  /** Runbooks for the affected resource, best fit first (see {@link bestFitFirst}). */
  async applying(incident: Incident): Promise<readonly Runbook[]> {
    const resource = await this.access.affected(incident);
    if (resource === null) return [];
    return bestFitFirst(this.catalog.runbooksFor(resource), incident);
  }

  /** Takes the best fit into use unless one is in use already. Does nothing when none applies. */
  async suggest(incidentId: string): Promise<void> {
    const [best] = await this.applying(await this.incidents.get(incidentId));
    if (best === undefined) return;
    await this.transactions.run(async (tx) => {
      const incident = await this.incidents.lock(tx, incidentId);
      if ((await this.store.findInUse(incidentId, tx)) !== null) return;
      await this.use(tx, incident, best, null);
    });
  }

  /** @throws UnknownIncident, IncidentForbidden, IncidentOver, RunbookDoesNotApply, PlaybookBusy */
  async choose(incidentId: string, runbookName: string, person: Person): Promise<void> {
    const incident = await this.incidents.get(incidentId);
    await this.access.authorizeLead(person, incident);
    const runbook = (await this.applying(incident)).find(({ name }) => name === runbookName);
    if (runbook === undefined) throw new RunbookDoesNotApply();
    await this.transactions.run(async (tx) => {
      const locked = await this.incidents.lock(tx, incidentId);
      if (locked.state === 'resolved') throw new IncidentOver();
      const current = await this.store.findInUse(incidentId, tx);
      if (current?.runbookName === runbookName) return;
      const steps = current === null ? [] : await this.store.steps(current.id, tx);
      if (steps.some(({ state }) => BUSY.has(state))) throw new PlaybookBusy();
      await this.use(tx, locked, runbook, person.id);
    });
  }

  /** All that were ever in use, in the order they were taken up. */
  async list(incidentId: string): Promise<Playbook[]> {
    const heads = await this.store.list(incidentId);
    return Promise.all(heads.map((head) => this.assemble(head)));
  }

  private async use(tx: Tx, incident: Incident, runbook: Runbook, by: string | null): Promise<void> {
    const { id, version } = await this.store.use(tx, {
      id: this.ids.next('pbk'),
      incidentId: incident.id,
      runbook,
      by,
    });
    await this.journal.record(tx, incident, {
      type: by === null ? 'incident.playbook_suggested' : 'incident.playbook_chosen',
      by,
      summary: `Playbook in use: ${runbook.title}`,
      timeline: { kind: 'playbook', key: `playbook:${id}:${version}` },
      data: { runbook: runbook.name, digest: runbook.digest },
    });
  }

  private async assemble(head: PlaybookHead): Promise<Playbook> {
    const { id, incidentId, state, runbookName: name, runbookDigest: digest } = head;
    const runbook = await this.catalog.findRunbookVersion(name, digest);
    return {
      id,
      incidentId,
      state,
      runbook: { name, digest, title: runbook?.title ?? name, summary: runbook?.summary ?? '' },
      steps: await this.store.steps(id),
    };
  }
}
