import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Policy } from '../../policy/index.js';
import { Requests } from '../../requests/index.js';
import type { CardMessage, CardSource, Placement } from './card-source.js';
import { requestCard } from './request-card.view.js';
import { RequestStates } from './request-state.js';

export const REQUEST_SURFACE = 'request';

/** A request's card, in the channel of the team it is for. */
@Injectable()
export class RequestCards implements CardSource {
  readonly kind = 'request';

  constructor(
    private readonly requests: Requests,
    private readonly states: RequestStates,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'channels'>,
  ) {}

  async placements(id: string): Promise<readonly Placement[]> {
    const request = await this.requests.find(id);
    if (request === null) return [];
    const team = this.policy.teams().find((one) => one.id === request.teamId);
    return [{ surface: REQUEST_SURFACE, place: team?.channel ?? this.env.channels.requests }];
  }

  async render(id: string): Promise<CardMessage | null> {
    const state = await this.states.find(id);
    return state === null ? null : requestCard(state);
  }

  async homesOf(id: string): Promise<readonly string[]> {
    const request = await this.requests.find(id);
    return request === null ? [] : [request.requesterId];
  }
}
