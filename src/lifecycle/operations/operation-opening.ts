import { Injectable } from '@nestjs/common';
import { Approvals } from '../../approvals/index.js';
import type { Person } from '../../identity/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { Durable, type Job } from '../../platform/durable/index.js';
import type { ApprovalNeed } from '../../policy/index.js';
import type { Resource } from '../../resources/index.js';
import { Redactor } from '../../secrets/index.js';
import { Ids, type JsonObject } from '../../shared/index.js';
import { Consumption, type ConsumptionChange } from '../consumption.js';
import { OperationUnderWay } from '../lifecycle.errors.js';
import { ResourceJournal } from '../resource-journal.js';
import { OperationStore } from './operation.store.js';
import { type OperationPlan, type OperationRun, operationWorkflowId } from './operation-run.js';

export interface Opening {
  readonly resource: Resource;
  readonly kind: OperationRun['kind'];
  readonly name: string;
  readonly title: string;
  readonly itemDigest: string;
  readonly parameters: JsonObject;
  readonly plan: OperationPlan;
  readonly person: Person;
  readonly reason: string;
  readonly need: ApprovalNeed | null;
  /** Null when it takes and costs what it did. */
  readonly consumption: ConsumptionChange | null;
  readonly idempotencyKey: string;
  readonly traceId: string;
  /** What it is part of, and what has to be so in the same transaction: it throws where it is not. */
  readonly fleet?: { readonly id: string; readonly join: (tx: Tx, operationId: string) => Promise<void> };
}

/** Writes down, in one transaction, all that an operation begins with: itself, its quota, its approval, the workflow that does it. */
@Injectable()
export class OperationOpening {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: OperationStore,
    private readonly approvals: Approvals,
    private readonly consumption: Consumption,
    private readonly durable: Durable,
    private readonly journal: ResourceJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {}

  /** The same key is the same operation. @throws OperationUnderWay, QuotaExceeded, BudgetExceeded */
  async open(opening: Opening): Promise<OperationRun> {
    const opened = await this.transactions.run((tx) => this.write(tx, opening));
    const known = opened ?? (await this.store.withKey(opening.idempotencyKey));
    if (known !== null) return known;
    const { title } = opening.resource;
    throw new OperationUnderWay(
      `Something is being done to ${title} already, or waits for an approval; its card shows it. Nothing was changed.`,
    );
  }

  /** What was begun with this key before. */
  known(idempotencyKey: string): Promise<OperationRun | null> {
    return this.store.withKey(idempotencyKey);
  }

  private async write(
    tx: Tx,
    { resource, person, need, consumption, fleet, ...opening }: Opening,
  ): Promise<OperationRun | null> {
    const one = await this.store.insert(tx, {
      ...opening,
      id: this.ids.next('opn'),
      resourceId: resource.id,
      personId: person.id,
      fleetId: fleet?.id ?? null,
      reason: this.redactor.text(opening.reason),
      state: need === null ? 'waiting' : 'awaiting-approval',
    });
    if (one === null) return null;
    await fleet?.join(tx, one.id);
    if (consumption !== null) await this.consumption.take(tx, resource, consumption);
    if (need === null) await this.durable.enqueue(tx, workflowOf(one.id));
    else await this.ask(tx, one, resource, need);
    const asked = need === null ? '' : `, which waits for ${need.describe}`;
    const summary = `asked for “${one.title}”${asked}`;
    const data = { operation: one.name, planDigest: one.plan.digest, parameters: one.parameters };
    await this.journal.record(tx, resource, { type: 'resource.operation_asked', by: person.id, summary, data });
    return one;
  }

  private async ask(tx: Tx, one: OperationRun, resource: Resource, need: ApprovalNeed): Promise<void> {
    // An upgrade's are those of the whole resource, and mostly what they were.
    const words = Object.entries(one.kind === 'upgrade' ? {} : one.parameters).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    const approval = await this.approvals.open(tx, {
      subject: { kind: 'resource', id: `${resource.id}/${one.id}` },
      digest: one.plan.digest,
      need,
      requesterId: one.personId,
      title: `${one.title} on ${resource.title}${words.length === 0 ? '' : `: ${words.join(', ')}`}`,
      wakes: workflowOf(one.id),
      traceId: one.traceId,
    });
    await this.store.setApproval(tx, one.id, approval.id);
  }
}

function workflowOf(id: string): Job {
  return { workflow: 'tend-resource', id: operationWorkflowId(id), args: [id], queue: 'runs' };
}
