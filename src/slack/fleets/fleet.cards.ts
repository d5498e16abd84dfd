import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Fleets } from '../../lifecycle/index.js';
import { Policy } from '../../policy/index.js';
import type { CardMessage, CardSource, Placement } from '../cards/card-source.js';
import { fleetCard } from './fleet-card.view.js';

/** The one card of an upgrade in waves, in the channel of the team that owns the item. */
@Injectable()
export class FleetCards implements CardSource {
  readonly kind = 'fleet';

  constructor(
    private readonly fleets: Fleets,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  async placements(id: string): Promise<readonly Placement[]> {
    const fleet = await this.fleets.find(id);
    if (fleet === null) return [];
    const team = this.policy.teams().find((one) => one.id === fleet.itemOwner);
    return [{ surface: 'fleet', place: team?.channel ?? this.env.channels.requests }];
  }

  async render(id: string): Promise<CardMessage | null> {
    const fleet = await this.fleets.find(id);
    return fleet === null
      ? null
      : fleetCard(fleet, await this.fleets.members(id), (team) => this.policy.teamTitle(team));
  }
}
