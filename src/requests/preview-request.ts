import { Injectable } from '@nestjs/common';
import { Catalog, type CatalogItem } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import {
  BROKEN_GLASS_LEASE_HOURS,
  ContentRules,
  type Occasion,
  Policy,
  type RuleVerdict,
  throughBrokenGlass,
  type WaiverPlace,
  Waivers,
} from '../policy/index.js';
import type { JsonObject } from '../shared/index.js';
import { Grounds } from './grounds.js';
import { type Plan, Planner, planOf } from './plan.js';
import { requestScope } from './request.js';
import { InvalidParameters } from './requests.errors.js';
import { SoundParameters } from './sound-parameters.js';
import { Successions } from './successions.js';
import { Twins } from './twins.js';
import { costFacts, isQueueable, limited, WishLimits } from './wish-limits.js';

export interface Wish {
  readonly person: Person;
  readonly itemName: string;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly leaseHours: number;
  /** Its place in the queue, when it waited for quota. */
  readonly queuedAs?: string;
  /** The request it takes the place of. */
  readonly follows?: string;
}

export interface Preview {
  readonly item: CatalogItem;
  readonly plan: Plan;
  /** Of every rule of catalog/policies, those that were silent too; empty when they were not asked. */
  readonly verdicts: readonly RuleVerdict[];
}

type Judged = Pick<Plan, 'changes' | 'decision' | 'cost' | 'quota' | 'budget'> & Pick<Preview, 'verdicts'>;

/** Stands for the ids of a request that does not exist yet; no plan may depend on them. */
const NOT_YET = 'not-yet';

/** What a wish would do and who would have to agree, without doing anything. */
@Injectable()
export class PreviewRequest {
  constructor(
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly rules: ContentRules,
    private readonly waivers: Waivers,
    private readonly planner: Planner,
    private readonly limits: WishLimits,
    private readonly parameters: SoundParameters,
    private readonly successions: Successions,
    private readonly twins: Twins,
    private readonly grounds: Grounds,
  ) {}

  /** `occasion` is for the measurements of the rules. @throws UnknownItem, AlreadyThere, InvalidParameters with a sentence a field */
  async preview(wish: Wish, occasion: Occasion = 'preview'): Promise<Preview> {
    const item = this.catalog.item(wish.itemName);
    const { teamId, environment } = wish;
    const sound = await this.parameters.sound(item, wish);
    const glass = await this.waivers.brokenGlass(placeOf(wish));
    const leaseHours = glass === null ? wish.leaseHours : Math.min(wish.leaseHours, BROKEN_GLASS_LEASE_HOURS);
    const valid = { ...wish, leaseHours, parameters: sound };
    const { verdicts, decision: ruled, ...judged } = await this.judge(item, valid, occasion);
    const decision = glass === null ? ruled : throughBrokenGlass(ruled, glass);
    const { name, version, digest } = item;
    const identity = { name, version, digest };
    const { parameters } = valid;
    const request = requestScope({
      id: NOT_YET,
      teamId,
      environment,
      requesterId: wish.person.id,
      reason: wish.reason,
    });
    // Whom the rules refuse is told nothing of what others have.
    const standsOn = decision.outcome === 'deny' ? [] : await this.grounds.of(item, valid, request);
    const plan = planOf({ item: identity, teamId, environment, parameters, leaseHours, ...judged, decision, standsOn });
    return { item, plan, verdicts };
  }

  /**
   * Who may have it comes first, then what it takes and costs, what it would do, and last the rules on content, which look
   * at all of that. The strictest answer counts.
   */
  private async judge(item: CatalogItem, wish: Wish, occasion: Occasion): Promise<Judged> {
    const { person, teamId, environment, parameters, reason } = wish;
    const ruled = this.policy.decideRequest({ ...wish, item });
    const request = requestScope({ id: NOT_YET, teamId, environment, requesterId: person.id, reason });
    const insteadOf = await this.successions.heldBy(wish.follows);
    // Whom the rules refuse is told nothing of what others have.
    if (ruled.outcome !== 'deny' && occasion !== 'explain')
      await this.twins.assertNone(item, { ...wish, requesterId: person.id }, insteadOf);
    const { errors, ...weighed } = await this.limits.weigh({ ...wish, item, request, insteadOf }, ruled);
    if (errors.length > 0) throw new InvalidParameters(errors);
    const { cost, quota, budget } = weighed;
    const soFar = limited(ruled, weighed);
    const waits = isQueueable({ decision: soFar, quota });
    const scope = { params: parameters, request, resource: { id: NOT_YET } };
    const changes = soFar.outcome === 'deny' && !waits ? [] : await this.planner.plan(item, scope);
    const found = { changes, cost, quota, budget };
    // Whom the rules on access refuse is told that alone; an explanation tells everything.
    if (ruled.outcome === 'deny' && occasion !== 'explain') return { ...found, decision: soFar, verdicts: [] };
    const content = await this.rules.ask({ ...wish, ...costFacts(weighed), verb: 'request', item, changes }, occasion);
    const decision = limited(this.policy.decideRequest({ ...wish, item, content }), weighed);
    return { ...found, decision, verdicts: content.verdicts };
  }
}

function placeOf({ person, teamId, environment, itemName }: Wish): WaiverPlace {
  return { personId: person.id, teamId, environment, itemName };
}
