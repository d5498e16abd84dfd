import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem, validateParameters } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Policy } from '../policy/index.js';
import type { JsonObject } from '../shared/index.js';
import { type Plan, Planner, planOf } from './plan.js';
import { requestScope } from './request.js';
import { InvalidParameters } from './requests.errors.js';
import { isQueueable, limited, WishLimits } from './wish-limits.js';

export interface Wish {
  readonly person: Person;
  readonly itemName: string;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
}

export interface Preview {
  readonly item: CatalogItem;
  readonly plan: Plan;
}

/** Stands for the ids of a request that does not exist yet; no plan may depend on them. */
const NOT_YET = 'not-yet';

/** What a wish would do and who would have to agree, without doing anything. */
@Injectable()
export class PreviewRequest {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly planner: Planner,
    private readonly limits: WishLimits,
  ) {}

  /** @throws UnknownItem, InvalidParameters with a sentence a field */
  async preview(wish: Wish): Promise<Preview> {
    const item = this.catalog.item(wish.itemName);
    const checked = validateParameters(item, wish.parameters);
    const errors = [...(checked.ok ? [] : checked.errors), ...leaseErrors(item, wish.leaseHours)];
    if (!checked.ok || errors.length > 0) throw new InvalidParameters(errors);
    const { person, teamId, environment, reason, leaseHours } = wish;
    const parameters = checked.value;
    const ruled = this.policy.decideRequest({ person, item, teamId, environment, parameters });
    const request = requestScope({ id: NOT_YET, teamId, environment, requesterId: person.id, reason });
    const asked = { item, teamId, environment, parameters, request, reason, leaseHours };
    const weighed = await this.limits.weigh(asked, ruled);
    if (weighed.errors.length > 0) throw new InvalidParameters(weighed.errors);
    const decision = limited(ruled, weighed);
    const waits = isQueueable({ decision, quota: weighed.quota });
    const scope = { params: parameters, request, resource: { id: NOT_YET } };
    const changes = decision.outcome === 'deny' && !waits ? [] : await this.planner.plan(item, scope);
    const { name, version, digest } = item;
    return {
      item,
      plan: planOf({
        item: { name, version, digest },
        teamId,
        environment,
        parameters,
        leaseHours,
        changes,
        decision,
        cost: weighed.cost,
        quota: weighed.quota,
        budget: weighed.budget,
      }),
    };
  }
}

function leaseErrors(item: CatalogItem, hours: number): { field: string; message: string }[] {
  if (Number.isInteger(hours) && hours >= 1 && hours <= item.lease.maxHours) return [];
  return [{ field: 'lease', message: `Lease: choose between 1 and ${item.lease.maxHours} hours.` }];
}
