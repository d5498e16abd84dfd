import { Injectable } from '@nestjs/common';
import type { Person } from '../../identity/index.js';
import type { Facts } from '../../orchestrator/index.js';
import type { PlannedChange } from '../../requests/index.js';
import { type Resource, ResourceForbidden, Resources } from '../../resources/index.js';
import { digestOf } from '../../shared/index.js';
import { differenceWords } from '../drift/compare.js';
import type { Difference, Drift } from '../drift/drift.js';
import { DriftStore } from '../drift/drift.store.js';
import { CannotDecideSo, NothingToDecide } from '../lifecycle.errors.js';
import { OperationOpening } from './operation-opening.js';
import type { OperationRun, Repair } from './operation-run.js';

/** Puts right what was changed behind our back: by a run that makes again what is missing and brings back what differs. */
@Injectable()
export class Reconciling {
  constructor(
    private readonly resources: Resources,
    private readonly drift: DriftStore,
    private readonly opening: OperationOpening,
  ) {}

  /** `seen` is the version that the card showed. @throws ResourceForbidden, NothingToDecide, CannotDecideSo, OperationUnderWay */
  async begin({
    resourceId,
    person,
    traceId,
  }: {
    resourceId: string;
    person: Person;
    traceId: string;
  }): Promise<OperationRun> {
    const resource = await this.resources.get(resourceId);
    const { allowed, reason } = this.resources.may(person, 'operate', resource);
    if (!allowed) throw new ResourceForbidden(reason);
    const drift = await this.drift.find(resourceId);
    const { differences, version } = mendable(drift, resource);
    const plan = {
      changes: differences.map(plannedOf),
      repairs: repairsOf(differences),
    };
    return this.opening.open({
      resource,
      person,
      kind: 'reconcile',
      name: 'reconcile',
      title: 'Reconcile',
      itemDigest: resource.itemDigest,
      parameters: {},
      plan: { ...plan, digest: digestOf(plan) },
      reason: '',
      need: null,
      consumption: null,
      idempotencyKey: `reconcile:${resourceId}:${version}`,
      traceId,
    });
  }
}

function mendable(drift: Drift | null, { title, state }: Resource): Drift {
  if (drift === null || drift.differences.length === 0 || state !== 'active')
    throw new NothingToDecide(`${title} is as it should be, as far as is known. Nothing was changed.`);
  const stuck = drift.differences.filter(({ mends }) => !mends);
  if (stuck.length > 0)
    throw new CannotDecideSo(
      `This can’t be put right by itself: ${stuck.map(differenceWords).join('; ')}. Accept it, or put it right by hand. Nothing was changed.`,
    );
  return drift;
}

function plannedOf(difference: Difference): PlannedChange {
  const { step, fact } = difference;
  const kind = fact === null ? 'create' : 'change';
  return { step, title: step, kind, summary: differenceWords(difference), details: [] };
}

/** What is missing is made again first; then whatever differs is brought back. */
function repairsOf(differences: readonly Difference[]): Repair[] {
  const facts = new Map<number, Facts | null>();
  for (const { position, fact, expected } of differences) {
    const known = facts.get(position);
    if (fact === null || known === null) facts.set(position, null);
    else if (expected !== null) facts.set(position, { ...known, [fact]: expected });
  }
  return [...facts].sort(([one], [other]) => one - other).map(([position, wanted]) => ({ position, facts: wanted }));
}
