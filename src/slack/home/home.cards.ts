import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '../../approvals/index.js';
import { Upgrades } from '../../browsing/index.js';
import { ENV, type Env } from '../../config/index.js';
import { IdentityRefused, People, type Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { Requests } from '../../requests/index.js';
import { Resources } from '../../resources/index.js';
import type { CardHome, CardSource, Placement } from '../cards/card-source.js';
import { homeView } from './home.view.js';

export const HOME_SURFACE = 'home';
const LATEST = 10;

/** A person's App Home: wanted once they open it, published again when something of theirs changes. */
@Injectable()
export class HomeCards implements CardSource {
  readonly kind = 'person';

  constructor(
    private readonly people: People,
    private readonly approvals: Approvals,
    private readonly requests: Requests,
    private readonly resources: Resources,
    private readonly upgrades: Upgrades,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  /** Nobody's Home is published before they looked at it. */
  placements(): Promise<readonly Placement[]> {
    return Promise.resolve([]);
  }

  async render(personId: string): Promise<CardHome | null> {
    const person = await this.person(personId);
    if (person === null) return null;
    const [waiting, requests, resources] = await Promise.all([
      this.approvals.waitingFor(person),
      this.requests.listFor(person, LATEST),
      this.resources.listFor(person),
    ]);
    const withResources = requests.map(async (request) => ({
      request,
      resource: await this.resources.find(request.resourceId),
    }));
    const view = homeView({
      personId,
      command: this.env.slackCommand,
      waiting,
      requests: await Promise.all(withResources),
      resources,
      about: {
        teamTitle: (id) => this.policy.teamTitle(id),
        newest: (resource) => this.upgrades.newer(resource)?.version ?? null,
      },
    });
    return { kind: 'home', view };
  }

  private async person(personId: string): Promise<Person | null> {
    try {
      return await this.people.get(personId);
    } catch (error) {
      if (error instanceof IdentityRefused) return null;
      throw error;
    }
  }
}
