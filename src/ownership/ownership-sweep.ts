import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { IdentityRefused, isInTeam, People } from '../identity/index.js';
import { Notices } from '../platform/changes/index.js';
import { Transactions } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { Policy } from '../policy/index.js';
import { Resources } from '../resources/index.js';
import { Clock } from '../shared/index.js';
import { OwnershipJournal } from './ownership-journal.js';
import { TransferStore } from './transfer.store.js';

const TICK_MILLISECONDS = 300_000;
const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** Then the leads hear of it again. */
const AGAIN_MILLISECONDS = 7 * DAY_MILLISECONDS;
const BATCH = 50;
const NAMED = 10;

/** What somebody owns who is not there any more. */
interface Orphans {
  readonly ownerId: string;
  readonly teamId: string;
  readonly resources: readonly { readonly id: string; readonly title: string }[];
}

/**
 * Tells the leads of a team what belongs to somebody who has left, again each week until it is somebody's; ends offers that
 * nobody took. May be missed, repeated, or run on every replica at once.
 */
@Injectable()
export class OwnershipSweep {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: TransferStore,
    private readonly resources: Resources,
    private readonly people: People,
    private readonly policy: Policy,
    private readonly journal: OwnershipJournal,
    private readonly notices: Notices,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  @Interval(TICK_MILLISECONDS)
  async expire(): Promise<void> {
    try {
      await this.transactions.run(async (tx) => {
        for (const transfer of await this.store.takeExpired(tx, BATCH))
          await this.journal.expired(tx, transfer, await this.resources.get(transfer.resourceId));
      });
    } catch (error) {
      this.logger.error('Offers of resources that are over were not ended; the next tick tries again', error);
    }
  }

  @Interval(HOUR_MILLISECONDS)
  async tellOfLeavers(): Promise<void> {
    try {
      for (const orphans of await this.orphans()) await this.tell(orphans);
    } catch (error) {
      this.logger.error('The sweep over owners who left failed; the next tick tries again', error);
    }
  }

  /** @throws IdentityUnavailable: nobody has left because Slack can't be asked */
  private async orphans(): Promise<Orphans[]> {
    const all: Orphans[] = await this.store.owners();
    const found: Orphans[] = [];
    // One after the other: Slack is not asked for everybody at once.
    for (const one of all) if (await this.isGone(one.ownerId, one.teamId)) found.push(one);
    return found;
  }

  private async isGone(ownerId: string, teamId: string): Promise<boolean> {
    // A team that was taken out of access.yaml has nobody to tell, and its people did not leave.
    if (!this.policy.teams().some(({ id }) => id === teamId)) return false;
    try {
      return !isInTeam(await this.people.get(ownerId), teamId);
    } catch (error) {
      if (error instanceof IdentityRefused) return true;
      throw error;
    }
  }

  private async tell({ ownerId, teamId, resources }: Orphans): Promise<void> {
    const leads = (await this.people.inTeam(teamId, 'lead')).filter(({ id }) => id !== ownerId);
    const team = this.policy.team(teamId);
    const week = Math.floor(this.clock.now().getTime() / AGAIN_MILLISECONDS);
    const to =
      leads.length === 0
        ? [{ kind: 'channel' as const, channel: team.channel }]
        : leads.map(({ id: personId }) => ({ kind: 'person' as const, personId }));
    await this.transactions.run(async (tx) => {
      for (const recipient of to)
        await this.notices.post(tx, {
          key: `owner-left:${ownerId}:${teamId}:${recipient.kind === 'person' ? recipient.personId : 'channel'}:${week}`,
          to: recipient,
          template: 'owner-left',
          data: {
            personId: ownerId,
            team: team.title,
            count: resources.length,
            resources: resources.slice(0, NAMED).map(({ id, title }) => ({ id, title })),
          },
        });
    });
  }
}
