import { Injectable } from '@nestjs/common';
import type { Person } from '../../identity/index.js';
import type { Facts } from '../../orchestrator/index.js';
import { Transactions } from '../../platform/database/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { Redactor } from '../../secrets/index.js';
import { Clock } from '../../shared/index.js';
import { CannotDecideSo, NothingToDecide } from '../lifecycle.errors.js';
import { ResourceJournal } from '../resource-journal.js';
import { differenceWords } from './compare.js';
import type { Difference, Drift } from './drift.js';
import { DriftStore } from './drift.store.js';

const LONGEST_IGNORED_DAYS = 90;
const DAY_MILLISECONDS = 86_400_000;

/** What people decide about drift: that it is right as it is, or that they don't want to hear of it for a while. */
@Injectable()
export class DriftDecisions {
  constructor(
    private readonly store: DriftStore,
    private readonly resources: Resources,
    private readonly transactions: Transactions,
    private readonly journal: ResourceJournal,
    private readonly redactor: Redactor,
    private readonly clock: Clock,
  ) {}

  /** What was found is what is expected from now on. @throws ResourceForbidden, NothingToDecide, CannotDecideSo */
  async accept({ resourceId, person, reason }: { resourceId: string; person: Person; reason: string }): Promise<void> {
    const resource = await this.allowed(resourceId, person);
    await this.transactions.run(async (tx) => {
      const { differences } = drifted(await this.store.lock(tx, resourceId), resource);
      if (differences.some(({ fact }) => fact === null))
        throw new CannotDecideSo(
          `Something of ${resource.title} is missing, and that can’t be accepted. Reconcile makes it again; Destroy gives it up. Nothing was changed.`,
        );
      const why = this.redactor.text(reason);
      for (const [position, facts] of byPosition(differences))
        await this.store.expect(tx, resourceId, { position, facts, reason: why, by: person.id });
      await this.store.settle(tx, resourceId);
      const summary = `accepted what was changed (${differences.map(differenceWords).join('; ')}): ${why}`;
      await this.journal.record(tx, resource, { type: 'resource.drift_accepted', by: person.id, summary });
    });
  }

  /** Nobody is reminded of these differences until then; other ones are told. @throws ResourceForbidden, NothingToDecide, CannotDecideSo */
  async ignore({ resourceId, person, until }: { resourceId: string; person: Person; until: Date }): Promise<void> {
    const resource = await this.allowed(resourceId, person);
    const days = (until.getTime() - this.clock.now().getTime()) / DAY_MILLISECONDS;
    if (days <= 0 || days > LONGEST_IGNORED_DAYS)
      throw new CannotDecideSo(
        `Choose a day between tomorrow and ${LONGEST_IGNORED_DAYS} days from now. Nothing was changed.`,
      );
    await this.transactions.run(async (tx) => {
      drifted(await this.store.lock(tx, resourceId), resource);
      await this.store.ignore(tx, resourceId, until, person.id);
      const summary = `ignores the differences until ${until.toISOString().slice(0, 10)}`;
      await this.journal.record(tx, resource, { type: 'resource.drift_ignored', by: person.id, summary });
    });
  }

  private async allowed(resourceId: string, person: Person): Promise<Resource> {
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'operate', resource);
    return resource;
  }
}

function drifted(drift: Drift | null, { title }: Resource): Drift {
  if (drift === null || drift.differences.length === 0)
    throw new NothingToDecide(`${title} is as it should be, as far as is known. Nothing was changed.`);
  return drift;
}

function byPosition(differences: readonly Difference[]): Map<number, Facts> {
  const found = new Map<number, Facts>();
  for (const { position, fact, found: value } of differences)
    if (fact !== null && value !== null) found.set(position, { ...found.get(position), [fact]: value });
  return found;
}
