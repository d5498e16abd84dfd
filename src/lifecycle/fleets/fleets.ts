import { Injectable } from '@nestjs/common';
import { Upgrades } from '../../browsing/index.js';
import { Catalog, type CatalogItem, isNewer, isOffered } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { Transactions } from '../../platform/database/index.js';
import { Policy, type PolicyDecision } from '../../policy/index.js';
import { Redactor } from '../../secrets/index.js';
import { Ids } from '../../shared/index.js';
import { FleetForbidden, FleetRefused } from '../lifecycle.errors.js';
import { Upgrading } from '../upgrades/upgrading.js';
import type { Fleet, FleetMember, Outdated } from './fleet.js';
import { FleetStore } from './fleet.store.js';
import { FleetJournal } from './fleet-journal.js';
import { PinStore, pinWords } from './pin.store.js';
import { waveSizes, wavesOf } from './waves.js';

/** A resource that a newer version affects, how much is different, and whether this person may upgrade it with all the others. */
export interface Affected extends Outdated {
  /** Lines that were added and taken away between both versions; null when the old one is not known any more. */
  readonly lines: number | null;
  readonly decision: PolicyDecision;
}

export interface FleetOutlook {
  readonly item: CatalogItem;
  readonly affected: readonly Affected[];
  /** The one that is under way. */
  readonly open: Fleet | null;
}

interface FleetStart {
  readonly itemName: string;
  /** The version that was seen. */
  readonly itemDigest: string;
  readonly sizes: string;
  readonly reason: string;
  readonly person: Person;
  readonly idempotencyKey: string;
  readonly traceId: string;
}

/** Which living resources a newer version affects, and bringing all of them to it, wave after wave. */
@Injectable()
export class Fleets {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: FleetStore,
    private readonly pins: PinStore,
    private readonly catalog: Catalog,
    private readonly upgrades: Upgrades,
    private readonly upgrading: Upgrading,
    private readonly policy: Policy,
    private readonly journal: FleetJournal,
    private readonly redactor: Redactor,
    private readonly ids: Ids,
  ) {}

  find(id: string): Promise<Fleet | null> {
    return this.store.find(id);
  }

  members(id: string): Promise<FleetMember[]> {
    return this.store.members(id);
  }

  /** Items of which not everything is of the newest version, with how many: those that the person looks after. */
  async behind(person: Person): Promise<{ item: CatalogItem; count: number }[]> {
    const counts = new Map<string, number>();
    for (const { itemName, itemVersion, itemDigest, count } of await this.pins.inUse()) {
      const item = this.catalog.findItem(itemName);
      if (item === null || item.digest === itemDigest || !isNewer(item.version, itemVersion)) continue;
      if (isOffered(item) && this.looksAfter(item, person)) counts.set(itemName, (counts.get(itemName) ?? 0) + count);
    }
    return [...counts].map(([name, count]) => ({ item: this.catalog.item(name), count }));
  }

  /** Changes nothing. @throws UnknownItem, FleetForbidden for whoever may upgrade none of them */
  async outlook(itemName: string, person: Person): Promise<FleetOutlook> {
    const item = this.catalog.item(itemName);
    const outdated = await this.pins.outdated(item.name, item.digest);
    const older = outdated.filter(({ itemVersion }) => isOffered(item) && isNewer(item.version, itemVersion));
    const sizes = await this.differencesTo(item, older);
    const affected = older.map((one) => {
      const decision = this.upgrading.decide({ ...one, itemName: item.name }, item, { person, verb: 'upgrade' });
      return { ...one, lines: sizes.get(one.itemDigest) ?? null, decision };
    });
    this.assertMay(item, person, affected);
    return { item, affected, open: await this.store.openOf(item.name) };
  }

  /** The same key is the same fleet. @throws UnknownItem, FleetForbidden, FleetRefused with what is wrong */
  async start(start: FleetStart): Promise<Fleet> {
    const known = await this.store.withKey(start.idempotencyKey);
    if (known !== null) return known;
    const { item, affected } = await this.outlook(start.itemName, start.person);
    if (item.digest !== start.itemDigest)
      throw new FleetRefused(
        `There is a newer version of ${item.title} by now. Look at it again; nothing was changed.`,
      );
    const sizes = waveSizes(start.sizes);
    if (sizes === null)
      throw new FleetRefused('Write the sizes of the waves like “1, 10 %, rest”. Nothing was changed.');
    const waves = wavesOf(affected, sizes, this.policy.environments());
    if (waves.length === 0)
      throw new FleetRefused(`Nothing is left to upgrade to ${item.version}. Nothing was changed.`);
    const started = await this.write(start, item, waves);
    if (started === null)
      throw new FleetRefused(
        `${item.title} is being upgraded in waves already; its card shows it. Nothing was changed.`,
      );
    return started;
  }

  /** `again`: those that failed are tried once more; else they stay as they are. @throws FleetForbidden, FleetRefused */
  async resume(id: string, person: Person, again: boolean): Promise<Fleet> {
    const fleet = await this.allowed(id, person);
    const resumed = await this.transactions.run(async (tx) => {
      const moved = await this.store.move(tx, id, ['paused'], 'running');
      if (moved === null) return null;
      if (again) await this.store.retryFailed(tx, id);
      const summary = `went on with the upgrade of ${fleet.itemTitle}, ${again ? 'trying what failed again' : 'without what failed'}`;
      await this.journal.record(tx, fleet, { type: 'fleet.resumed', by: person.id, summary });
      return moved;
    });
    if (resumed === null) throw new FleetRefused('It is not paused (any more). Nothing was changed.');
    return resumed;
  }

  /** What is under way comes to its end; nothing more is begun. @throws FleetForbidden, FleetRefused */
  async stop(id: string, person: Person): Promise<Fleet> {
    const fleet = await this.allowed(id, person);
    const stopped = await this.transactions.run(async (tx) => {
      const moved = await this.store.move(tx, id, ['running', 'paused'], 'stopped');
      if (moved === null) return null;
      const summary = `stopped the upgrade of ${fleet.itemTitle} in wave ${fleet.wave} of ${fleet.waves}`;
      await this.journal.record(tx, fleet, { type: 'fleet.stopped', by: person.id, summary });
      return moved;
    });
    if (stopped === null) throw new FleetRefused('It has ended already. Nothing was changed.');
    return stopped;
  }

  private write(start: FleetStart, item: CatalogItem, waves: readonly Affected[][]): Promise<Fleet | null> {
    const { person, idempotencyKey, traceId } = start;
    return this.transactions.run(async (tx) => {
      const fleet = await this.store.insert(tx, {
        id: this.ids.next('flt'),
        idempotencyKey,
        itemName: item.name,
        itemTitle: item.title,
        itemOwner: item.owner,
        itemVersion: item.version,
        itemDigest: item.digest,
        waves: waves.length,
        reason: this.redactor.text(start.reason),
        personId: person.id,
        traceId,
      });
      if (fleet === null) return null;
      const members = waves.flatMap((wave, index) => wave.map((one) => ({ ...placed(one), wave: index + 1 })));
      await this.store.addMembers(tx, fleet.id, members);
      const summary = `started to upgrade ${members.length} of ${item.title} to ${item.version} in ${waves.length} waves`;
      const data = {
        item: item.name,
        version: item.version,
        digest: item.digest,
        waves: waves.map(({ length }) => length),
      };
      await this.journal.record(tx, fleet, { type: 'fleet.started', by: person.id, summary, data });
      return fleet;
    });
  }

  private async allowed(id: string, person: Person): Promise<Fleet> {
    const fleet = await this.store.find(id);
    if (fleet === null) throw new FleetRefused('There is no such upgrade. Nothing was changed.');
    const item =
      (await this.catalog.findVersion(fleet.itemName, fleet.itemDigest)) ?? this.catalog.item(fleet.itemName);
    const members = await this.store.members(id);
    const decisions = members.map((one) => ({
      decision: this.upgrading.decide({ ...one, itemName: fleet.itemName }, item, { person, verb: 'upgrade' }),
    }));
    this.assertMay(item, person, decisions);
    return fleet;
  }

  /** Whoever may upgrade one of them. */
  private assertMay(
    item: CatalogItem,
    person: Person,
    affected: readonly { readonly decision: PolicyDecision }[],
  ): void {
    if (affected.some(({ decision }) => decision.outcome !== 'deny')) return;
    if (affected.length === 0 && this.looksAfter(item, person)) return;
    const { title, owner } = item;
    throw new FleetForbidden(
      `The team that owns ${title} (${owner}), and platform engineers, upgrade it for everybody. You upgrade what is yours from its card. Nothing was changed.`,
    );
  }

  private looksAfter({ name, owner }: CatalogItem, person: Person): boolean {
    const about = {
      kind: 'resource',
      itemName: name,
      itemOwner: owner,
      environment: this.policy.environments()[0] ?? '',
    } as const;
    return this.policy.can(person, 'upgrade', about).allowed;
  }

  private async differencesTo(item: CatalogItem, outdated: readonly Outdated[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (const itemDigest of new Set(outdated.map((one) => one.itemDigest))) {
      const lines = await this.upgrades.differences({ itemDigest }, item);
      if (lines !== null) sizes.set(itemDigest, lines.filter((line) => /^[+-]/.test(line)).length);
    }
    return sizes;
  }
}

function placed({
  resourceId,
  decision,
  pin,
}: Affected): Omit<Parameters<FleetStore['addMembers']>[2][number], 'wave'> {
  const denied = decision.reasons.filter(({ outcome }) => outcome === 'deny').map(({ message }) => message);
  if (decision.outcome === 'deny') return { resourceId, state: 'skipped', detail: denied.join(' ') };
  if (pin !== null) return { resourceId, state: 'pinned', detail: pinWords(pin) };
  return { resourceId, state: 'waiting', detail: null };
}
