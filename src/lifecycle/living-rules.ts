import { Injectable } from '@nestjs/common';
import type { CatalogItem } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { type ContentFindings, ContentRules, type Occasion } from '../policy/index.js';
import { costFacts, type PlannedChange } from '../requests/index.js';
import type { Resource } from '../resources/index.js';
import { Clock, type JsonObject } from '../shared/index.js';
import { Consumption, type QuotaChange } from './consumption.js';

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
    private readonly consumption: Consumption,
    private readonly clock: Clock,
  ) {}

  /** A rule that can't be judged is a verdict, never an exception. */
  ask({ resource, quota = [], ...question }: LivingQuestion, occasion: Occasion): Promise<ContentFindings> {
    const { id, kind, title, teamId, environment, createdAt } = resource;
    const ageHours = (this.clock.now().getTime() - createdAt.getTime()) / HOUR_MILLISECONDS;
    const { cost } = this.consumption.would(resource, question.item, question.parameters);
    const facts = costFacts({ cost, quota: quota.map(({ line }) => line) });
    const leaseHours = this.consumption.hoursLeft(resource);
    const about = { teamId, environment, leaseHours, resource: { id, kind, title, ageHours } };
    return this.rules.ask({ ...question, ...about, ...facts }, occasion);
  }
}
