import { Injectable } from '@nestjs/common';
import { type CatalogItem, Expressions } from '../catalog/index.js';
import { Policy } from '../policy/index.js';
import { type Resource, Resources } from '../resources/index.js';
import type { JsonObject } from '../shared/index.js';
import { requestScope } from './request.js';
import { AlreadyThere } from './requests.errors.js';

interface TwinWish {
  readonly teamId: string;
  readonly environment: string;
  readonly requesterId: string;
  readonly parameters: JsonObject;
  readonly reason: string;
}

/** The same thing twice is one thing: a wish for what a team has already is refused, with where it is. */
@Injectable()
export class Twins {
  constructor(
    private readonly resources: Resources,
    private readonly expressions: Expressions,
    private readonly policy: Policy,
  ) {}

  /** What there may be only one of at a time; null when the item does not say. */
  identityOf({ resource }: CatalogItem, wish: TwinWish): string | null {
    if (resource.identity === undefined) return null;
    const { teamId, environment, parameters } = wish;
    const scope = { params: parameters, request: requestScope({ ...wish, id: '' }) };
    const said = this.expressions.evaluate(resource.identity, scope);
    return [resource.kind, teamId, environment, typeof said === 'string' ? said : JSON.stringify(said)].join('/');
  }

  /** `except` is about to make room. @throws AlreadyThere */
  async assertNone(item: CatalogItem, wish: TwinWish, except: string | null): Promise<void> {
    const identity = this.identityOf(item, wish);
    const twin = identity === null ? null : await this.resources.findByIdentity(identity);
    if (twin !== null && twin.id !== except)
      throw new AlreadyThere(twinWords(twin, this.policy.teamTitle(twin.teamId)));
  }
}

function twinWords({ title, id, ownerId, state }: Resource, team: string): string {
  const how = state === 'provisioning' ? 'is asked for already' : 'is there already';
  return `${title} of ${team} ${how}: ${id}, by <@${ownerId}>. Use it, or choose another name. Nothing was requested, and what you typed was kept.`;
}
