import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem } from '../../catalog/index.js';
import { type Facts, Observer, type Run, Runs } from '../../orchestrator/index.js';
import { Notices } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import { Consumption } from '../consumption.js';
import { DriftStore } from '../drift/drift.store.js';
import { ResourceJournal } from '../resource-journal.js';
import { ByHand } from '../schedules/by-hand.js';
import { OperationStore } from './operation.store.js';
import type { OperationRun } from './operation-run.js';
import { operationScope } from './operation-scope.js';
import { secretRefOf, WhatItGives } from './what-it-gives.js';

type FactsByPosition = Readonly<Record<string, Facts>>;

/** What an operation means for the resource: what is expected of it from then on, its parameters, its credentials. */
@Injectable()
export class Aftermath {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: OperationStore,
    private readonly drift: DriftStore,
    private readonly resources: Resources,
    private readonly catalog: Catalog,
    private readonly consumption: Consumption,
    private readonly gives: WhatItGives,
    private readonly byHand: ByHand,
    private readonly runs: Runs,
    private readonly observer: Observer,
    private readonly notices: Notices,
    private readonly journal: ResourceJournal,
  ) {}

  /** What `read` finds of all that was made. */
  async factsOf(resource: Resource): Promise<FactsByPosition> {
    if (resource.runId === null) return {};
    const run = await this.runs.get(resource.runId);
    const seen = await this.observer.look(run, ({ state }) => state === 'succeeded');
    return Object.fromEntries(seen.map(({ step, found }) => [String(step.position), found.facts ?? {}]));
  }

  /** A check that is under way counts no more. */
  begun(tx: Tx, resource: Resource): Promise<void> {
    return this.drift.invalidate(tx, resource.id);
  }

  ended(tx: Tx, resource: Resource): Promise<void> {
    return this.drift.invalidate(tx, resource.id);
  }

  /** What it changed is right from now on; what somebody else had changed before stays drift. */
  async succeeded(one: OperationRun, run: Run): Promise<void> {
    const resource = await this.resources.get(one.resourceId);
    const after = one.kind === 'operation' ? await this.factsOf(resource) : {};
    const item = await this.catalog.findVersion(resource.itemName, one.itemDigest);
    const { sets, outputs, given } = this.saysOf(one, run, { resource, item });
    const is = { ...resource, parameters: { ...resource.parameters, ...sets } };
    const change = one.kind === 'operation' ? await this.consumption.between(resource, is) : null;
    await this.transactions.run(async (tx) => {
      if ((await this.store.move(tx, one.id, ['running'], 'done', { outputs })) === null) return;
      await this.consumption.settle(tx, resource, change);
      for (const { position, facts } of changed(one.before ?? {}, after))
        await this.drift.expect(tx, resource.id, { position, facts, reason: one.title, by: one.personId });
      await this.store.changeResource(tx, resource.id, {
        parameters: sets,
        outputs: given,
        secretRef: secretRefOf(run),
      });
      if (one.kind === 'reconcile') await this.drift.settle(tx, resource.id);
      await this.drift.invalidate(tx, resource.id);
      await this.byHand.note(tx, one, item?.schedules);
      const text = `“${one.title}” is done on ${resource.title}.`;
      const to = { kind: 'person', personId: one.personId } as const;
      await this.notices.post(tx, { key: `operation-done:${one.id}`, to, template: 'plain', data: { text } });
      const type = one.kind === 'reconcile' ? 'resource.reconciled' : 'resource.operation_done';
      await this.journal.record(tx, resource, { type, by: one.personId, summary: `finished “${one.title}”` });
    });
  }

  private saysOf(
    one: OperationRun,
    run: Run,
    { resource, item }: { resource: Resource; item: CatalogItem | null },
  ): { sets: JsonObject; outputs: JsonObject; given: JsonObject } {
    if (one.kind === 'reconcile') return { sets: {}, outputs: {}, given: {} };
    const operation = item?.operations?.find(({ name }) => name === one.name);
    const steps: Record<string, Json> = {};
    for (const { name, output } of run.steps) if (output !== null) steps[name] = { output };
    const scope = { ...operationScope(resource, one), steps };
    const outputs = this.gives.evaluated(operation?.outputs ?? {}, scope);
    const ofResource = Object.entries(outputs).filter(([name]) => Object.hasOwn(item?.outputs ?? {}, name));
    return {
      sets: this.gives.evaluated(operation?.sets ?? {}, scope),
      outputs,
      given: Object.fromEntries(ofResource),
    };
  }
}

function changed(before: FactsByPosition, after: FactsByPosition): { position: number; facts: Facts }[] {
  return Object.entries(after).flatMap(([position, now]) => {
    const then = before[position] ?? {};
    const facts = Object.fromEntries(Object.entries(now).filter(([name, value]) => then[name] !== value));
    return Object.keys(facts).length === 0 ? [] : [{ position: Number(position), facts }];
  });
}
