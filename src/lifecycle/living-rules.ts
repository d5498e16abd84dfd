import { Injectable } from '@nestjs/common';
import type { CatalogItem } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { type ContentFindings, ContentRules, type Occasion } from '../policy/index.js';
import { Costs } from '../quotas/index.js';
import type { PlannedChange } from '../requests/index.js';
import type { Resource } from '../resources/index.js';
import { Clock, type JsonObject } from '../shared/index.js';
import type { QuotaChange } from './upgrades/upgrade-preview.js';

const HOUR_MILLISECONDS = 3_600_000;

export interface LivingQuestion {
  readonly verb: 'operate' | 'upgrade';
  /** Of an operation, its name in the item. */
  readonly operation?: string;
  readonly resource: Resource;
  /** Of the version that it would be of, or that says how it is done. */
  readonly item: CatalogItem;
  readonly person: Person;
  /** What they would be afterwards. */
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly changes: readonly PlannedChange[];
  readonly quota?: readonly QuotaChange[];
}

/** The rules of catalog/policies for what changes a living resource: nobody comes to by way of a change what would be refused as a request. */
@Injectable()
export class LivingRules {
  constructor(
    private readonly rules: ContentRules,
    private readonly costs: Costs,
    private readonly clock: Clock,
  ) {}

  /** A rule that can't be judged is a verdict, never an exception. */
  ask({ resource, quota = [], ...question }: LivingQuestion, occasion: Occasion): Promise<ContentFindings> {
    const { id, kind, title, teamId, environment, leaseEndsAt, leaseHours, createdAt } = resource;
    const now = this.clock.now().getTime();
    const left = leaseEndsAt === null ? leaseHours : Math.max(0, leaseEndsAt.getTime() - now) / HOUR_MILLISECONDS;
    const ageHours = (now - createdAt.getTime()) / HOUR_MILLISECONDS;
    const units = quota.map(({ line }) => ({
      unit: line.unit,
      limit: line.limit ?? 0,
      used: line.held,
      wanted: line.wants,
    }));
    const about = { teamId, environment, leaseHours: left, resource: { id, kind, title, ageHours } };
    return this.rules.ask({ ...question, ...about, ...this.costOf(resource, question, left), quota: units }, occasion);
  }

  /** Left out when nobody can tell. */
  private costOf(
    { requestId, teamId: team, environment, ownerId: requesterId }: Resource,
    { item, parameters, reason }: Pick<LivingQuestion, 'item' | 'parameters' | 'reason'>,
    leaseHours: number,
  ) {
    const request = { id: requestId ?? '', team, environment, requesterId, reason };
    const { currency, hourly, monthly, untilEnd, missing } = this.costs.estimate({
      item,
      parameters,
      request,
      leaseHours,
    });
    return missing.length > 0 ? {} : { cost: { currency, hourly, monthly, untilEnd } };
  }
}
