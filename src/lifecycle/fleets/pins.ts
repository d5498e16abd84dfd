import { Injectable } from '@nestjs/common';
import { Upgrades } from '../../browsing/index.js';
import type { Person } from '../../identity/index.js';
import { Notices } from '../../platform/changes/index.js';
import { Transactions, type Tx } from '../../platform/database/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { Redactor } from '../../secrets/index.js';
import { Clock } from '../../shared/index.js';
import { NothingToDecide, PinRefused } from '../lifecycle.errors.js';
import { ResourceJournal } from '../resource-journal.js';
import type { MemberState, Pin } from './fleet.js';
import { FleetStore } from './fleet.store.js';
import { FleetJournal } from './fleet-journal.js';
import { PinStore, pinWords } from './pin.store.js';

const LONGEST_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;
const BATCH = 50;

/** "Not now": whoever looks after a resource puts its upgrade off, with a reason and an end. */
@Injectable()
export class Pins {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: PinStore,
    private readonly fleets: FleetStore,
    private readonly resources: Resources,
    private readonly upgrades: Upgrades,
    private readonly journal: ResourceJournal,
    private readonly fleetJournal: FleetJournal,
    private readonly notices: Notices,
    private readonly redactor: Redactor,
    private readonly clock: Clock,
  ) {}

  find(resourceId: string): Promise<Pin | null> {
    return this.store.find(resourceId);
  }

  /** What is under way already comes to its end. @throws ResourceForbidden, NothingToDecide, PinRefused */
  async pin(wish: { resourceId: string; person: Person; until: Date; reason: string }): Promise<void> {
    const { resourceId, person, until } = wish;
    const resource = await this.allowed(resourceId, person);
    if (this.upgrades.newer(resource) === null)
      throw new NothingToDecide(`${resource.title} is of the newest version of its item. Nothing was changed.`);
    const days = (until.getTime() - this.clock.now().getTime()) / DAY_MILLISECONDS;
    if (!(days > 0 && days <= LONGEST_DAYS))
      throw new PinRefused(`Choose a day between tomorrow and ${LONGEST_DAYS} days from now. Nothing was changed.`);
    const reason = this.redactor.text(wish.reason.trim());
    if (reason === '') throw new PinRefused('Write why. Nothing was changed.');
    await this.transactions.run(async (tx) => {
      await this.store.set(tx, { resourceId, reason, personId: person.id, until });
      const words = pinWords({ reason, until });
      await this.moveMembers(tx, resourceId, 'waiting', 'pinned', words);
      const summary = `put its upgrade off ${words}`;
      await this.journal.record(tx, resource, { type: 'resource.pinned', by: person.id, summary });
    });
  }

  /** It may be upgraded again. @throws ResourceForbidden, NothingToDecide */
  async lift(resourceId: string, person: Person): Promise<void> {
    const resource = await this.allowed(resourceId, person);
    const lifted = await this.transactions.run(async (tx) => {
      if (!(await this.store.lift(tx, resourceId))) return false;
      await this.moveMembers(tx, resourceId, 'pinned', 'waiting', null);
      const summary = 'may be upgraded again';
      await this.journal.record(tx, resource, { type: 'resource.unpinned', by: person.id, summary });
      return true;
    });
    if (!lifted) throw new NothingToDecide(`The upgrade of ${resource.title} is not put off. Nothing was changed.`);
  }

  /** Those whose day has come, once, on however many replicas. Answers how many. */
  async endDue(): Promise<number> {
    let ended = 0;
    for (const resourceId of await this.store.ended(BATCH)) if (await this.end(resourceId)) ended += 1;
    return ended;
  }

  private async end(resourceId: string): Promise<boolean> {
    const resource = await this.resources.get(resourceId);
    const newer = this.upgrades.newer(resource);
    return this.transactions.run(async (tx) => {
      const pin = await this.store.end(tx, resourceId);
      if (pin === null) return false;
      await this.moveMembers(tx, resourceId, 'pinned', 'waiting', null);
      if (newer !== null) await this.tell(tx, resource, pin, newer.version);
      const summary = 'its upgrade is not put off any more: the day has come';
      await this.journal.record(tx, resource, { type: 'resource.pin_over', by: null, summary });
      return true;
    });
  }

  private tell(tx: Tx, { id, title, ownerId }: Resource, pin: { version: number }, version: string): Promise<void> {
    const text = `The time for which the upgrade of ${title} to ${version} was put off is over.`;
    return this.notices.post(tx, {
      key: `pin-over:${id}:${pin.version}`,
      to: { kind: 'person', personId: ownerId },
      template: 'upgrade-news',
      data: { text, offers: [{ resourceId: id, title, version, lines: [] }] },
    });
  }

  private async moveMembers(
    tx: Tx,
    resourceId: string,
    from: MemberState,
    to: MemberState,
    detail: string | null,
  ): Promise<void> {
    for (const fleet of await this.fleets.openWith(tx, resourceId))
      if (await this.fleets.moveMember(tx, { fleetId: fleet.id, resourceId }, [from], to, { detail }))
        await this.fleetJournal.mark(tx, fleet);
  }

  private async allowed(resourceId: string, person: Person): Promise<Resource> {
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'operate', resource);
    return resource;
  }
}
