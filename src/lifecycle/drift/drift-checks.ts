import { Injectable } from '@nestjs/common';
import type { Person } from '../../identity/index.js';
import { Metrics } from '../../observability/index.js';
import { Observer, Runs } from '../../orchestrator/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Logger } from '../../platform/logging/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { Redactor } from '../../secrets/index.js';
import { AppError, canonicalJson } from '../../shared/index.js';
import { CheckUnderWay } from '../lifecycle.errors.js';
import { ResourceJournal } from '../resource-journal.js';
import { differencesIn, differenceWords, driftState } from './compare.js';
import type { Claim, Difference, Drift } from './drift.js';
import { DriftStore } from './drift.store.js';

/** How long until a resource is looked at again; a tenth more or less, so that they stay spread. */
export const CHECK_INTERVAL_SECONDS = 3600;
const SPREAD = 0.1;

/** Compares living resources with what was applied, one at a time. */
@Injectable()
export class DriftChecks {
  constructor(
    private readonly store: DriftStore,
    private readonly resources: Resources,
    private readonly runs: Runs,
    private readonly observer: Observer,
    private readonly transactions: Transactions,
    private readonly journal: ResourceJournal,
    private readonly redactor: Redactor,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  find(resourceId: string): Promise<Drift | null> {
    return this.store.find(resourceId);
  }

  /** Looks at once. @throws ResourceForbidden, CheckUnderWay */
  async checkNow(resourceId: string, person: Person): Promise<Drift> {
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'view', resource);
    const claim = await this.store.claim(resourceId);
    if (claim === null)
      throw new CheckUnderWay(
        resource.state === 'active'
          ? `${resource.title} is being looked at or changed at this moment. Look at its card in a minute.`
          : `${resource.title} is not in use: there is nothing to compare. Nothing was changed.`,
      );
    await this.check(claim);
    const drift = await this.store.find(resourceId);
    if (drift === null) throw new CheckUnderWay('It is gone. Nothing was changed.');
    return drift;
  }

  /** One check that was claimed. Whatever goes wrong is written down, and is no drift. */
  async check(claim: Claim): Promise<void> {
    const resource = await this.resources.get(claim.resourceId);
    const next = CHECK_INTERVAL_SECONDS * (1 - SPREAD + Math.random() * 2 * SPREAD);
    try {
      const differences = await this.compare(resource);
      await this.record(claim, resource, differences, next);
    } catch (error) {
      await this.unreadable(claim, resource, error, next);
    }
  }

  private async compare(resource: Resource): Promise<Difference[]> {
    const run = await this.runs.get(resource.runId ?? '');
    const observations = await this.observer.look(run, ({ state }) => state === 'succeeded');
    const found = differencesIn(observations, await this.store.expectations(resource.id));
    return found.map((one) => ({ ...one, detail: this.redactor.text(one.detail) }));
  }

  private async record(claim: Claim, resource: Resource, found: Difference[], next: number): Promise<void> {
    const state = driftState(found);
    this.metrics.driftChecks.inc({ item: resource.itemName, outcome: state });
    await this.transactions.run(async (tx) => {
      const before = await this.store.lock(tx, claim.resourceId);
      if (!(await this.store.record(tx, claim, found, state, next)) || before === null) return;
      const isSame = canonicalJson(before.differences) === canonicalJson(found);
      if (isSame)
        return before.state === state && before.failure === null ? undefined : this.journal.mark(tx, resource);
      const summary =
        found.length === 0
          ? 'is as it should be again'
          : `${state === 'missing' ? 'is missing' : 'was changed behind our back'}: ${found.map(differenceWords).join('; ')}`;
      const type = { same: 'resource.drift_gone', missing: 'resource.missing' }[state as string];
      await this.journal.record(tx, resource, { type: type ?? 'resource.drifted', by: null, summary });
    });
  }

  private async unreadable(claim: Claim, resource: Resource, error: unknown, next: number): Promise<void> {
    this.logger.warn('A resource could not be read', { resourceId: resource.id, error: String(error) });
    this.metrics.driftChecks.inc({ item: resource.itemName, outcome: 'unreadable' });
    const sentence = error instanceof AppError ? error.publicMessage : 'Something unexpected happened.';
    await this.transactions.run(async (tx) => {
      if (await this.store.recordFailure(tx, claim, this.redactor.text(sentence), next))
        await this.journal.mark(tx, resource);
    });
  }
}
