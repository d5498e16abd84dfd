import { Injectable } from '@nestjs/common';
import { Catalog } from '../../catalog/index.js';
import { outputsOf, type Run, Runs, UpgradeRuns } from '../../orchestrator/index.js';
import { Notices } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import type { JsonObject } from '../../shared/index.js';
import { Consumption } from '../consumption.js';
import { DriftStore } from '../drift/drift.store.js';
import { OperationStore, type UpgradedResource } from '../operations/operation.store.js';
import type { OperationRun } from '../operations/operation-run.js';
import { secretRefOf, WhatItGives } from '../operations/what-it-gives.js';
import { ResourceJournal } from '../resource-journal.js';

/** The run of an upgrade, and what it means for the resource once it has ended. */
@Injectable()
export class UpgradeAftermath {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: OperationStore,
    private readonly resources: Resources,
    private readonly catalog: Catalog,
    private readonly runs: Runs,
    private readonly upgradeRuns: UpgradeRuns,
    private readonly gives: WhatItGives,
    private readonly consumption: Consumption,
    private readonly drift: DriftStore,
    private readonly notices: Notices,
    private readonly journal: ResourceJournal,
  ) {}

  /** Answers the run's id. `before`: what was found of what lives. */
  async createRun(tx: Tx, one: OperationRun, resource: Resource, before: OperationRun['before']): Promise<string> {
    const item = await this.catalog.findVersion(resource.itemName, one.itemDigest);
    if (item === null || resource.runId === null) throw new Error(`The version for ${one.id} is gone.`);
    const of = await this.runs.get(resource.runId);
    const { parameters, traceId } = one;
    const what = { of, steps: item.steps, parameters, secretRef: resource.secretRef, facts: before ?? {} };
    return this.upgradeRuns.create(tx, { ...what, subject: { kind: 'resource', id: resource.id }, traceId });
  }

  /** The resource is of the new version, with its parameters, outputs and run, all at once. */
  async succeeded(one: OperationRun, run: Run): Promise<void> {
    const resource = await this.resources.get(one.resourceId);
    if (resource.runId === null || resource.runId === run.id) return;
    const formerRunId = resource.runId;
    const [now, places] = await Promise.all([this.becomes(one, run, resource), this.places(formerRunId, run)]);
    const change = await this.consumption.between(resource, { ...resource, ...now });
    const left = leftWords(run);
    await this.transactions.run(async (tx) => {
      const more = left === null ? {} : { failure: left };
      if ((await this.store.move(tx, one.id, ['running'], 'done', more)) === null) return;
      if (!(await this.store.upgradeResource(tx, resource.id, { ...now, formerRunId })))
        throw new Error(`Resource ${resource.id} was changed while it was upgraded.`);
      await this.drift.moveExpectations(tx, resource.id, places);
      await this.drift.invalidate(tx, resource.id);
      await this.consumption.settle(tx, resource, change);
      const { itemVersion: from } = resource;
      if (one.fleetId === null)
        await this.tell(tx, one, `${resource.title} is of version ${now.itemVersion} now.`, left);
      const summary = `upgraded from ${from} to ${now.itemVersion}`;
      const data: JsonObject = { from, to: now.itemVersion, itemDigest: now.itemDigest, runId: run.id };
      await this.journal.record(tx, resource, { type: 'resource.upgraded', by: one.personId, summary, data });
    });
  }

  /** Who upgrades a fleet looks at its card. */
  private tell(tx: Tx, { id, personId }: OperationRun, what: string, left: string | null): Promise<void> {
    const text = left === null ? what : `${what} ${left}`;
    const to = { kind: 'person', personId } as const;
    return this.notices.post(tx, { key: `operation-done:${id}`, to, template: 'plain', data: { text } });
  }

  private async becomes(one: OperationRun, run: Run, resource: Resource): Promise<UpgradedResource> {
    const item = await this.catalog.findVersion(resource.itemName, one.itemDigest);
    if (item === null) throw new Error(`The version for ${one.id} is gone.`);
    const outputs = this.gives.evaluated(item.outputs, { ...run.scope, steps: outputsOf(run.steps) });
    const { parameters, itemDigest } = one;
    const secretRef = secretRefOf(run) ?? resource.secretRef;
    return { itemVersion: item.version, itemDigest, parameters, outputs, secretRef, runId: run.id };
  }

  /** Where the steps that nobody touched were, and are. */
  private async places(formerRunId: string, run: Run): Promise<Map<number, number>> {
    const former = await this.runs.get(formerRunId);
    const kept = run.steps.filter(({ template, attempts }) => template.was !== undefined && attempts === 0);
    const places = kept.flatMap(({ idempotencyKey, position }): [number, number][] => {
      const was = former.steps.find((step) => step.idempotencyKey === idempotencyKey);
      return was === undefined ? [] : [[was.position, position]];
    });
    return new Map(places);
  }
}

/** What is no longer part of it, and could not be taken away. */
function leftWords({ steps }: Run): string | null {
  const left = steps.filter(({ template, state }) => template.gone === true && state !== 'compensated');
  if (left.length === 0) return null;
  const titles = left.map(({ title }) => `“${title}”`).join(', ');
  return `Could not be taken away, and goes with the rest when it is destroyed: ${titles}.`;
}
