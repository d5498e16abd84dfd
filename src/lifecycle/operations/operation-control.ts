import { Injectable } from '@nestjs/common';
import { Approvals } from '../../approvals/index.js';
import type { Person } from '../../identity/index.js';
import { Runs } from '../../orchestrator/index.js';
import { Transactions } from '../../platform/database/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { OperationRefused } from '../lifecycle.errors.js';
import { ResourceJournal } from '../resource-journal.js';
import { OperationStore } from './operation.store.js';
import { OPEN, type OperationRun } from './operation-run.js';
import { Tending } from './tending.js';

const SETTLED =
  'It has come to its end, or is being undone already; the card shows where it stands. Nothing was changed.';

/** Stops what is being done to a resource, or waits for an approval, at any moment. Authorized anew. */
@Injectable()
export class OperationControl {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: OperationStore,
    private readonly resources: Resources,
    private readonly runs: Runs,
    private readonly tending: Tending,
    private readonly approvals: Approvals,
    private readonly journal: ResourceJournal,
  ) {}

  /** What was changed by then is undone. @throws OperationRefused */
  async cancel({ resourceId, person }: { resourceId: string; person: Person }): Promise<OperationRun> {
    const resource = await this.resources.get(resourceId);
    const one = (await this.store.ofResource(resourceId, 1)).find(({ state }) => OPEN.includes(state));
    if (one === undefined) throw new OperationRefused(SETTLED);
    const { allowed, reason } = this.resources.may(person, 'operate', resource);
    if (!allowed && one.personId !== person.id) throw new OperationRefused(`${reason} Nothing was changed.`);
    if (one.state === 'running' && one.runId !== null) await this.stop(resource, one, one.runId, person);
    else await this.withdraw(resource, one, person);
    return one;
  }

  private async stop(resource: Resource, one: OperationRun, runId: string, { id: by }: Person): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (!(await this.runs.cancel(tx, runId, by))) throw new OperationRefused(SETTLED);
      const summary = `stops “${one.title}”`;
      await this.journal.record(tx, resource, { type: 'resource.operation_cancel_asked', by, summary });
    });
  }

  /** Its workflow, once it is woken, finds nothing to do. */
  private async withdraw(resource: Resource, one: OperationRun, { id }: Person): Promise<void> {
    const why = `Withdrawn by <@${id}>. Nothing was changed.`;
    if (!(await this.tending.end(one, 'failed', why, ['awaiting-approval', 'waiting'])))
      throw new OperationRefused(SETTLED);
    const subject = { kind: 'resource' as const, id: `${resource.id}/${one.id}` };
    await this.transactions.run((tx) => this.approvals.cancel(tx, subject));
  }
}
