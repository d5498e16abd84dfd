import { Injectable } from '@nestjs/common';
import type { Verdict } from '../../approvals/index.js';
import { Catalog } from '../../catalog/index.js';
import { IdentityRefused, People } from '../../identity/index.js';
import { Runs } from '../../orchestrator/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { type Resource, ResourceForbidden, Resources } from '../../resources/index.js';
import { AppError } from '../../shared/index.js';
import { Consumption } from '../consumption.js';
import { ResourceJournal } from '../resource-journal.js';
import { UpgradeAftermath } from '../upgrades/upgrade-aftermath.js';
import { Upgrading } from '../upgrades/upgrading.js';
import { Aftermath } from './aftermath.js';
import { OperationStore } from './operation.store.js';
import { OPEN, type OperationRun, type OperationState } from './operation-run.js';
import { operationScope } from './operation-scope.js';
import { Operations } from './operations.js';

/** The stations of an operation, for its workflow. Each may be repeated. */
@Injectable()
export class Tending {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: OperationStore,
    private readonly resources: Resources,
    private readonly catalog: Catalog,
    private readonly people: People,
    private readonly operations: Operations,
    private readonly runs: Runs,
    private readonly aftermath: Aftermath,
    private readonly upgrading: Upgrading,
    private readonly upgrades: UpgradeAftermath,
    private readonly consumption: Consumption,
    private readonly journal: ResourceJournal,
    private readonly logger: Logger,
  ) {}

  /** True when it may go on. */
  async decided(id: string, { outcome, by, reason }: Verdict): Promise<boolean> {
    if (outcome === 'approved') return true;
    const who = by.map((person) => `<@${person}>`).join(', ');
    const why =
      outcome === 'denied' ? `Denied by ${who}${reason === null ? '.' : `: ${reason}`}` : 'Nobody approved it in time.';
    await this.end(await this.get(id), outcome === 'denied' ? 'denied' : 'expired', why);
    return false;
  }

  /** The run to execute; null when there is nothing to do (any more). */
  async begin(id: string): Promise<string | null> {
    const one = await this.get(id);
    if (one.runId !== null) return one.state === 'running' ? one.runId : null;
    if (!OPEN.includes(one.state)) return null;
    const resource = await this.resources.get(one.resourceId);
    const refusal = resource.state === 'active' ? await this.whyNot(one, resource) : 'It is not in use any more.';
    if (refusal !== null) {
      await this.end(one, 'failed', `${refusal} Nothing was changed.`);
      return null;
    }
    const before = one.kind === 'reconcile' ? null : await this.aftermath.factsOf(resource);
    return this.transactions.run(async (tx) => {
      const runId = await this.createRun(tx, one, resource, before);
      const running = await this.store.move(tx, id, ['awaiting-approval', 'waiting'], 'running', { runId, before });
      if (running === null) throw new Error(`Operation ${id} was settled elsewhere meanwhile.`);
      await this.aftermath.begun(tx, resource);
      const summary = `began “${one.title}”`;
      await this.journal.record(tx, resource, { type: 'resource.operation_started', by: one.personId, summary });
      return runId;
    });
  }

  async conclude(id: string, runId: string): Promise<void> {
    const [one, run] = [await this.get(id), await this.runs.get(runId)];
    if (one.state !== 'running') return;
    if (run.state === 'succeeded')
      return one.kind === 'upgrade' ? this.upgrades.succeeded(one, run) : this.aftermath.succeeded(one, run);
    const failed = run.steps.find(({ failure }) => failure !== null);
    const left = run.steps.filter(({ state }) => state === 'compensation-failed');
    const what =
      run.cancelledBy === null
        ? `“${failed?.title ?? 'A step'}” did not work: ${failed?.failure?.sentence ?? 'the log has the details.'}`
        : `Cancelled by <@${run.cancelledBy}>.`;
    const undone =
      one.kind === 'reconcile'
        ? 'What was put right before it stays.'
        : left.length === 0
          ? 'What it had changed was undone.'
          : `Could not be undone: ${left.map(({ title }) => `“${title}”`).join(', ')}.`;
    await this.end(one, 'failed', `${what} ${undone}`);
  }

  /** Something outside of the steps went wrong. */
  async giveUp(id: string, error: unknown): Promise<void> {
    this.logger.error('An operation on a resource could not be brought to its end', error, { operationId: id });
    const what = error instanceof AppError ? error.publicMessage : 'Something unexpected happened; the log has it.';
    await this.end(await this.get(id), 'failed', what);
  }

  /** False when it has ended, or is in another state than those. */
  async end(
    one: OperationRun,
    to: 'failed' | 'denied' | 'expired',
    failure: string,
    from: readonly OperationState[] = OPEN,
  ): Promise<boolean> {
    const resource = await this.resources.get(one.resourceId);
    const standing = await this.consumption.of(resource);
    return this.transactions.run(async (tx) => {
      if ((await this.store.move(tx, one.id, from, to, { failure })) === null) return false;
      await this.aftermath.ended(tx, resource);
      await this.consumption.giveBack(tx, resource, standing);
      const summary = `“${one.title}” ${to === 'failed' ? 'failed' : `was not approved`}: ${failure}`;
      await this.journal.record(tx, resource, { type: `resource.operation_${to}`, by: null, summary });
      return true;
    });
  }

  private async createRun(
    tx: Tx,
    one: OperationRun,
    resource: Resource,
    before: OperationRun['before'],
  ): Promise<string> {
    if (one.kind === 'upgrade') return this.upgrades.createRun(tx, one, resource, before);
    const subject = { kind: 'resource' as const, id: resource.id };
    const { traceId, plan } = one;
    if (one.kind === 'reconcile')
      return this.runs.createReconcile(tx, { of: resource.runId ?? '', subject, traceId, repairs: plan.repairs ?? [] });
    const item = await this.catalog.findVersion(resource.itemName, one.itemDigest);
    const operation = item?.operations?.find(({ name }) => name === one.name);
    if (operation === undefined) throw new Error(`The version of the operation ${one.name} is gone.`);
    return this.runs.create(tx, {
      subject,
      kind: 'operate',
      steps: operation.steps,
      scope: operationScope(resource, one),
      traceId,
    });
  }

  /** Approvals take time: whoever asked must still be allowed to, by the rules as they are now. */
  private async whyNot(one: OperationRun, resource: Resource): Promise<string | null> {
    try {
      const person = await this.people.getFresh(one.personId);
      if (one.kind === 'reconcile') {
        const { allowed, reason } = this.resources.may(person, 'operate', resource);
        return allowed ? null : reason;
      }
      if (one.kind === 'upgrade') {
        await this.upgrading.assertStill(one, resource, person);
        return null;
      }
      return await this.operations.whyNot(one, person);
    } catch (error) {
      if (error instanceof IdentityRefused || error instanceof ResourceForbidden) return error.publicMessage;
      throw error;
    }
  }

  private async get(id: string): Promise<OperationRun> {
    const one = await this.store.find(id);
    if (one === null) throw new Error(`There is no operation ${id}.`);
    return one;
  }
}
