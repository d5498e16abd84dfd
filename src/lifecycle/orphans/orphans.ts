import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Person } from '../../identity/index.js';
import { Runs } from '../../orchestrator/index.js';
import { Changes } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { Durable } from '../../platform/durable/index.js';
import { Policy } from '../../policy/index.js';
import { Resources } from '../../resources/index.js';
import { Clock } from '../../shared/index.js';
import { CannotDecideSo, NothingToDecide, OrphansForbidden } from '../lifecycle.errors.js';
import type { Orphan } from './orphan.js';
import { OrphanStore } from './orphan.store.js';
import { ORPHANS_CARD, OrphanSweep } from './orphan-sweep.js';

const LONGEST_IGNORED_DAYS = 90;
const DAY_MILLISECONDS = 86_400_000;

interface Decision {
  readonly runId: string;
  readonly person: Person;
  readonly traceId: string;
}

export interface OrphanList {
  readonly orphans: readonly Orphan[];
  /** How many more there are that nobody is reminded of for now. */
  readonly ignored: number;
}

/** What those who run the platform see and decide of what was left behind. */
@Injectable()
export class Orphans {
  constructor(
    private readonly store: OrphanStore,
    private readonly sweep: OrphanSweep,
    private readonly runs: Runs,
    private readonly resources: Resources,
    private readonly policy: Policy,
    private readonly transactions: Transactions,
    private readonly durable: Durable,
    private readonly changes: Changes,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** For the card, which those see who are in its channel. */
  async list(): Promise<OrphanList> {
    return { orphans: await this.store.left('open'), ignored: await this.store.countLeft('ignored') };
  }

  /** Looks at once. @throws OrphansForbidden */
  async lookNow(person: Person): Promise<OrphanList> {
    this.assertMay(person);
    await this.store.hasten();
    await this.sweep.run();
    return this.list();
  }

  /** What nobody is reminded of for now. @throws OrphansForbidden */
  async ignored(person: Person): Promise<Orphan[]> {
    this.assertMay(person);
    return this.store.left('ignored');
  }

  /** Takes away what was found, by a run of its own. @throws OrphansForbidden, NothingToDecide */
  async remove({ runId, person, traceId }: Decision): Promise<Orphan> {
    const orphan = await this.get(runId, person);
    const what = orphan.things.map(({ detail }) => detail).join('; ');
    await this.transactions.run(async (tx) => {
      const resource = orphan.origin === 'resource' ? orphan.resource : null;
      await (resource?.state === 'destroy-failed'
        ? this.destroyAgain(tx, resource.id, person)
        : this.begin(tx, orphan));
      await this.record(tx, orphan, { person, traceId, type: 'orphan.removal_started', summary: `removes ${what}` });
    });
    return orphan;
  }

  /** It is back on the card. @throws OrphansForbidden, NothingToDecide */
  async stopIgnoring(decision: Decision): Promise<Orphan> {
    const orphan = await this.get(decision.runId, decision.person);
    await this.transactions.run(async (tx) => {
      if (!(await this.store.stopIgnoring(tx, orphan.runId))) throw tooLate();
      const summary = 'no longer ignores what was left behind';
      await this.record(tx, orphan, { ...decision, type: 'orphan.heeded', summary });
    });
    return orphan;
  }

  /** Nobody is reminded of it until then. @throws OrphansForbidden, NothingToDecide, CannotDecideSo */
  async ignore({ until, ...decision }: Decision & { readonly until: Date }): Promise<void> {
    const orphan = await this.get(decision.runId, decision.person);
    const days = (until.getTime() - this.clock.now().getTime()) / DAY_MILLISECONDS;
    if (days <= 0 || days > LONGEST_IGNORED_DAYS)
      throw new CannotDecideSo(
        `Choose a day between tomorrow and ${LONGEST_IGNORED_DAYS} days from now. Nothing was changed.`,
      );
    await this.transactions.run(async (tx) => {
      if (!(await this.store.ignore(tx, orphan.runId, until, decision.person.id))) throw tooLate();
      const summary = `ignores what was left behind until ${until.toISOString().slice(0, 10)}`;
      await this.record(tx, orphan, { ...decision, type: 'orphan.ignored', summary });
    });
  }

  /** The removal has ended: whether anything is left is for a look to say. May be repeated. */
  async conclude(runId: string, removalRunId: string): Promise<void> {
    const removal = await this.runs.get(removalRunId);
    const failed = removal.steps.find(({ state }) => state === 'failed');
    const failure =
      removal.state === 'succeeded'
        ? null
        : `“${failed?.title ?? 'A step'}” could not be taken back: ${failed?.failure?.sentence ?? 'the log has the details.'}`;
    const claim = await this.transactions.run(async (tx) => {
      await this.changes.mark(tx, ORPHANS_CARD);
      return this.store.endRemoval(tx, runId, removalRunId, failure);
    });
    if (claim !== null && failure === null) await this.sweep.look(claim);
  }

  private async begin(tx: Tx, { runId, origin, requestId, things, traceId, ...orphan }: Orphan): Promise<void> {
    const isOfRequest = requestId !== null && origin === 'request';
    const subject = isOfRequest ? { kind: 'request' as const, id: requestId } : orphan.subject;
    const only = new Set(things.map(({ position }) => position));
    const removal = await this.runs.createReverse(tx, { of: runId, only, kind: 'rollback', subject, traceId });
    if (!(await this.store.startRemoval(tx, runId, removal))) throw tooLate();
    await this.durable.enqueue(tx, {
      workflow: 'remove-orphan',
      id: `orphan:${removal}`,
      args: [runId, removal],
      queue: 'runs',
    });
  }

  /** It is known, and has a teardown of its own. */
  private async destroyAgain(tx: Tx, resourceId: string, person: Person): Promise<void> {
    const resource = await this.resources.get(resourceId);
    const actor = { kind: 'person' as const, id: person.id };
    if ((await this.resources.beginDestroy(tx, resource, actor, 'what was left of it is removed')) === null)
      throw tooLate();
  }

  private async get(runId: string, person: Person): Promise<Orphan> {
    this.assertMay(person);
    const orphan = await this.store.find(runId);
    if (orphan?.state !== 'found') throw tooLate();
    return orphan;
  }

  private assertMay(person: Person): void {
    const { allowed, reason } = this.policy.can(person, 'administer', { kind: 'catalog' });
    if (!allowed) throw new OrphansForbidden(`${reason} Nothing was changed.`);
  }

  private async record(
    tx: Tx,
    { subject, runId }: Orphan,
    event: { person: Person; traceId: string; type: string; summary: string },
  ): Promise<void> {
    const { person, traceId, type, summary } = event;
    await this.changes.mark(tx, ORPHANS_CARD);
    await this.audit.append(tx, {
      type,
      actor: { kind: 'person', id: person.id },
      subject,
      traceId,
      summary,
      data: { runId },
    });
  }
}

function tooLate(): NothingToDecide {
  return new NothingToDecide('It is gone, or somebody is removing it at this moment. Nothing was changed.');
}
