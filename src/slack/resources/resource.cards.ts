import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { type ResourceLife, ResourceLives } from '../../lifecycle/index.js';
import { Policy } from '../../policy/index.js';
import { Resources } from '../../resources/index.js';
import { Clock } from '../../shared/index.js';
import type { CardMessage, CardSource, Placement } from '../cards/card-source.js';
import { resourceCard } from './resource-card.view.js';

/** A resource's own card, in its team's channel as soon as there is something to say beyond its request: drift, or what is done to it. */
@Injectable()
export class ResourceCards implements CardSource {
  readonly kind = 'resource';

  constructor(
    private readonly lives: ResourceLives,
    private readonly resources: Resources,
    private readonly policy: Policy,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  async placements(id: string): Promise<readonly Placement[]> {
    const life = await this.lives.find(id);
    if (life === null || !isEventful(life)) return [];
    const team = this.policy.teams().find((one) => one.id === life.resource.teamId);
    return [{ surface: 'resource', place: team?.channel ?? this.env.channels.requests }];
  }

  async render(id: string): Promise<CardMessage | null> {
    const life = await this.lives.find(id);
    return life === null ? null : resourceCard(life, this.policy.teamTitle(life.resource.teamId), this.clock.now());
  }

  async homesOf(id: string): Promise<readonly string[]> {
    const resource = await this.resources.find(id);
    return resource === null ? [] : [resource.ownerId];
  }
}

function isEventful({ drift, lately, schedule }: ResourceLife): boolean {
  return schedule !== null || lately.length > 0 || (drift !== null && drift.differences.length > 0);
}
