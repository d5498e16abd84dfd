import { Injectable } from '@nestjs/common';
import { type CatalogItem, Expressions } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { ChosenResources } from '../options/index.js';
import { type Resource, Resources } from '../resources/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import type { Ground } from './plan.js';
import { GroundGone, InvalidParameters } from './requests.errors.js';

interface GroundWish {
  readonly person: Person;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
}

/** What a resource would stand on: what was chosen in its form, and what its item says. */
@Injectable()
export class Grounds {
  constructor(
    private readonly chosen: ChosenResources,
    private readonly resources: Resources,
    private readonly expressions: Expressions,
  ) {}

  /** @throws InvalidParameters when a choice is gone; GroundGone when something of it is not there, or not for this person to see */
  async of(item: CatalogItem, wish: GroundWish, request: JsonObject): Promise<Ground[]> {
    const { dependsOn = [] } = item.resource;
    const scope = { params: wish.parameters, request };
    const said = this.expressions.evaluate(typeof dependsOn === 'string' ? dependsOn : [...dependsOn], scope);
    const chosen = await this.chosen.of({ ...wish, item });
    if (chosen.gone.length > 0) throw new InvalidParameters(chosen.gone);
    const ids = new Set([...chosen.ids, ...idsIn(said)]);
    const grounds: Ground[] = [];
    for (const id of ids) {
      const { title } = await this.found(id, wish.person);
      grounds.push({ id, title });
    }
    return grounds;
  }

  private async found(id: string, person: Person): Promise<Resource> {
    const resource = await this.resources.find(id);
    if (resource?.state === 'active' && this.resources.may(person, 'view', resource).allowed) return resource;
    throw new GroundGone(
      `It would stand on ${id}, and there is no such resource in use that you may see. Nothing was requested, and what you typed was kept.`,
    );
  }
}

/** Nothing where an expression gives an empty text or null. */
function idsIn(said: Json): string[] {
  if (Array.isArray(said)) return said.flatMap(idsIn);
  return typeof said === 'string' && said !== '' ? [said] : [];
}
