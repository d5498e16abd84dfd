import { Injectable } from '@nestjs/common';
import { Catalog } from '../../catalog/index.js';
import { IdentityRefused, People, type Person } from '../../identity/index.js';
import { Notices } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { BudgetExceeded, QuotaExceeded } from '../../quotas/index.js';
import { Resources } from '../../resources/index.js';
import { AppError } from '../../shared/index.js';
import { OperationRefused, OperationUnderWay } from '../lifecycle.errors.js';
import { Upgrading } from '../upgrades/upgrading.js';
import type { Fleet, FleetMember, MemberState } from './fleet.js';
import { FleetStore } from './fleet.store.js';
import { FleetJournal } from './fleet-journal.js';
import { FleetTelling } from './fleet-telling.js';

/** Of one fleet, those that wait for an approval not counted. */
const AT_ONCE = 5;
/** Somebody said no, or nobody said yes: that is no failure. */
const REFUSED: ReadonlySet<string> = new Set(['denied', 'expired']);

class MovedMeanwhile extends AppError {
  readonly code = 'lifecycle.moved_meanwhile';
}

/** One look at a fleet: what ended is written down, what is due is begun, the next wave is opened. May be repeated anywhere, at any time. */
@Injectable()
export class FleetAdvance {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: FleetStore,
    private readonly catalog: Catalog,
    private readonly people: People,
    private readonly resources: Resources,
    private readonly upgrading: Upgrading,
    private readonly telling: FleetTelling,
    private readonly journal: FleetJournal,
    private readonly notices: Notices,
  ) {}

  async advance(id: string): Promise<void> {
    const fleet = await this.store.find(id);
    if (fleet === null) return;
    for (const member of await this.store.members(id))
      if (member.state === 'under-way') await this.settle(fleet, member);
    const now = await this.store.find(id);
    if (now?.state !== 'running') return;
    const person = await this.starter(now);
    if (person === null || !(await this.isNewest(now))) return;
    await this.telling.tell(now, person);
    await this.goOn(now, person);
  }

  /** Wave after wave, as far as it goes without waiting. */
  private async goOn(fleet: Fleet, person: Person): Promise<void> {
    await this.begin(fleet, person);
    const next = await this.transactions.run(async (tx) => {
      if (!(await this.store.nextWave(tx, fleet))) return false;
      const summary = `wave ${fleet.wave} of ${fleet.waves} is done`;
      await this.journal.record(tx, fleet, { type: 'fleet.wave_done', by: null, summary });
      return true;
    });
    if (next) return this.goOn({ ...fleet, wave: fleet.wave + 1 }, person);
    await this.finish(fleet);
  }

  private async settle(fleet: Fleet, member: FleetMember): Promise<void> {
    const { operation } = member;
    if (operation === null || !['done', 'failed', 'denied', 'expired'].includes(operation.state)) return;
    const to: MemberState = operation.state === 'done' ? 'done' : REFUSED.has(operation.state) ? 'skipped' : 'failed';
    const detail = operation.failure;
    await this.transactions.run(async (tx) => {
      if (!(await this.store.moveMember(tx, member, ['under-way'], to, { detail }))) return;
      if (to !== 'failed') return this.journal.mark(tx, fleet);
      await this.pause(tx, fleet, `${member.title} could not be upgraded: ${detail ?? 'its card says why.'}`);
    });
  }

  /** @throws what is not about one resource: then nothing is known, and the next look tries again */
  private async begin(fleet: Fleet, person: Person): Promise<void> {
    const members = await this.store.members(fleet.id);
    const atWork = members.filter(
      ({ state, operation }) => state === 'under-way' && operation?.state !== 'awaiting-approval',
    );
    let room = AT_ONCE - atWork.length;
    for (const member of members) {
      if (room <= 0) return;
      if (member.state === 'waiting' && member.wave <= fleet.wave && (await this.beginOne(fleet, member, person)))
        room -= 1;
    }
  }

  private async beginOne(fleet: Fleet, member: FleetMember, person: Person): Promise<boolean> {
    const resource = await this.resources.get(member.resourceId);
    if (resource.state !== 'active') return this.leave(fleet, member, 'skipped', 'It is not in use any more.');
    if (resource.itemDigest === fleet.itemDigest) return this.leave(fleet, member, 'done', 'It was upgraded already.');
    const { resourceId } = member;
    const join = (tx: Tx, operationId: string) => this.join(tx, fleet, member, operationId);
    try {
      await this.upgrading.beginOfFleet({
        resourceId,
        itemDigest: fleet.itemDigest,
        person,
        reason: fleet.reason,
        idempotencyKey: `fleet:${fleet.id}:${resourceId}:${member.version}`,
        traceId: fleet.traceId,
        fleet: { id: fleet.id, join },
      });
      return true;
    } catch (error) {
      // Its turn comes when whatever is being done to it has ended.
      if (error instanceof OperationUnderWay || error instanceof MovedMeanwhile) return false;
      const refused = [OperationRefused, QuotaExceeded, BudgetExceeded].some((kind) => error instanceof kind);
      if (!(refused && error instanceof AppError)) throw error;
      return this.leave(fleet, member, 'skipped', error.publicMessage);
    }
  }

  /** In the transaction that begins the operation: so that nothing is begun twice, nor after it was stopped. */
  private async join(tx: Tx, fleet: Fleet, member: FleetMember, operationId: string): Promise<void> {
    const isDue =
      (await this.store.holdRunning(tx, fleet.id)) &&
      (await this.store.moveMember(tx, member, ['waiting'], 'under-way', { operationId }));
    if (!isDue) throw new MovedMeanwhile('Somebody was first.');
    await this.journal.mark(tx, fleet);
  }

  private async leave(fleet: Fleet, member: FleetMember, to: MemberState, detail: string): Promise<false> {
    await this.transactions.run(async (tx) => {
      if (!(await this.store.moveMember(tx, member, ['waiting'], to, { detail }))) return;
      const summary = `${to === 'done' ? 'found' : 'left out'} ${member.title}: ${detail}`;
      await this.journal.record(tx, fleet, { type: `fleet.member_${to}`, by: null, summary });
    });
    return false;
  }

  private async finish(fleet: Fleet): Promise<void> {
    if (fleet.wave < fleet.waves) return;
    await this.transactions.run(async (tx) => {
      if (!(await this.store.finish(tx, fleet.id))) return;
      const summary = `the upgrade of ${fleet.itemTitle} to ${fleet.itemVersion} has come to its end`;
      await this.tellStarter(tx, fleet, 'done', `The upgrade of ${fleet.itemTitle} to ${fleet.itemVersion} is done.`);
      await this.journal.record(tx, fleet, { type: 'fleet.done', by: null, summary });
    });
  }

  private async pause(tx: Tx, fleet: Fleet, because: string): Promise<void> {
    const paused = await this.store.move(tx, fleet.id, ['running'], 'paused', because);
    if (paused === null) return this.journal.mark(tx, fleet);
    await this.tellStarter(
      tx,
      fleet,
      `paused-${paused.version}`,
      `The upgrade of ${fleet.itemTitle} is paused. ${because}`,
    );
    await this.journal.record(tx, fleet, { type: 'fleet.paused', by: null, summary: `is paused: ${because}` });
  }

  private tellStarter(tx: Tx, { id, personId }: Fleet, what: string, text: string): Promise<void> {
    const to = { kind: 'person', personId } as const;
    return this.notices.post(tx, { key: `fleet-${what}:${id}`, to, template: 'plain', data: { text } });
  }

  /** In whose name the rules are asked, as they are now. Null where that can't be any more. */
  private async starter(fleet: Fleet): Promise<Person | null> {
    try {
      return await this.people.getFresh(fleet.personId);
    } catch (error) {
      if (!(error instanceof IdentityRefused)) throw error;
      const because = `<@${fleet.personId}>, who started it, is not known any more. Stop it, and start it again.`;
      await this.transactions.run((tx) => this.pause(tx, fleet, because));
      return null;
    }
  }

  private async isNewest(fleet: Fleet): Promise<boolean> {
    const item = this.catalog.findItem(fleet.itemName);
    if (item?.digest === fleet.itemDigest) return true;
    const because = `${fleet.itemVersion} is not the newest version of ${fleet.itemTitle} any more. Stop it, and start one for the newest.`;
    await this.transactions.run((tx) => this.pause(tx, fleet, because));
    return false;
  }
}
