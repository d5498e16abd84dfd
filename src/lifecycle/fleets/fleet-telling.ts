import { Injectable } from '@nestjs/common';
import type { Person } from '../../identity/index.js';
import { Notices } from '../../platform/changes/index.js';
import { Transactions } from '../../platform/database/index.js';
import { AppError, type JsonObject } from '../../shared/index.js';
import { obstacles } from '../upgrades/upgrade-preview.js';
import { Upgrading } from '../upgrades/upgrading.js';
import type { Fleet, FleetMember } from './fleet.js';
import { FleetStore } from './fleet.store.js';

/** Of one owner: their plans are in the message, those of the rest are behind their cards. */
const MOST_SHOWN = 5;
const ALREADY: ReadonlySet<FleetMember['state']> = new Set(['skipped', 'done']);

/** Tells each owner, in one message, what is about to be changed of theirs. */
@Injectable()
export class FleetTelling {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: FleetStore,
    private readonly upgrading: Upgrading,
    private readonly notices: Notices,
  ) {}

  /** Those who have not been told. May be repeated, on however many replicas. */
  async tell(fleet: Fleet, person: Person): Promise<void> {
    const byOwner = new Map<string, FleetMember[]>();
    for (const member of await this.store.untold(fleet.id))
      byOwner.set(member.ownerId, [...(byOwner.get(member.ownerId) ?? []), member]);
    for (const [ownerId, members] of byOwner) await this.tellOne(fleet, person, ownerId, members);
  }

  private async tellOne(fleet: Fleet, person: Person, ownerId: string, members: readonly FleetMember[]): Promise<void> {
    const meant = members.filter(({ state }) => !ALREADY.has(state));
    const offers = await Promise.all(meant.slice(0, MOST_SHOWN).map((member) => this.offer(fleet, person, member)));
    const more = meant.length - offers.length;
    const rest = more === 0 ? '' : ` ${more} more are on the card, and in your list of resources.`;
    const text = `<@${fleet.personId}> brings ${fleet.itemTitle} to ${fleet.itemVersion} in ${fleet.waves} waves${fleet.reason === '' ? '' : `: ${fleet.reason}`}. ${meant.length} of it ${meant.length === 1 ? 'is' : 'are'} yours; there is nothing you have to do.${rest}`;
    await this.transactions.run(async (tx) => {
      if (meant.length > 0)
        await this.notices.post(tx, {
          key: `fleet-told:${fleet.id}:${ownerId}`,
          to: { kind: 'person', personId: ownerId },
          template: 'upgrade-news',
          data: { text, offers },
        });
      await this.store.markTold(
        tx,
        fleet.id,
        members.map(({ resourceId }) => resourceId),
      );
    });
  }

  private async offer(fleet: Fleet, person: Person, member: FleetMember): Promise<JsonObject> {
    const { resourceId, title, wave } = member;
    const about = { resourceId, title, version: fleet.itemVersion, wave };
    try {
      const preview = await this.upgrading.previewOfFleet(resourceId, person);
      const changes = preview.plan.changes.filter(({ kind }) => kind !== 'none');
      const lines = changes.map(({ title: step, summary }) => `${step}: ${summary}`);
      const [obstacle] = obstacles(preview);
      return { ...about, lines: obstacle === undefined ? lines : [`It can’t be upgraded by itself: ${obstacle}`] };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...about, lines: [error.publicMessage] };
    }
  }
}
