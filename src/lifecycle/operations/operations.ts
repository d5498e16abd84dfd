import { Injectable } from '@nestjs/common';
import {
  Catalog,
  type CatalogItem,
  Expressions,
  type Operation,
  type Schedules,
  validateParameters,
} from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { type ContentFindings, type Occasion, Policy, type PolicyDecision } from '../../policy/index.js';
import { agreedChanges, Planner } from '../../requests/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { digestOf, type JsonObject } from '../../shared/index.js';
import { agreedConsumption, Consumption, decidedWith, type WeighedChange } from '../consumption.js';
import { OperationRefused } from '../lifecycle.errors.js';
import { LivingRules } from '../living-rules.js';
import { OperationOpening } from './operation-opening.js';
import type { OperationPlan, OperationRun } from './operation-run.js';
import { operationScope } from './operation-scope.js';

export interface OperationWish {
  readonly resourceId: string;
  readonly name: string;
  readonly person: Person;
  readonly parameters: JsonObject;
  readonly reason: string;
}

/** What would be done, and whether this person may. */
export interface OperationPreview {
  readonly resource: Resource;
  readonly item: CatalogItem;
  readonly operation: Operation;
  readonly parameters: JsonObject;
  readonly decision: PolicyDecision;
  readonly plan: OperationPlan;
  /** What the resource takes and costs afterwards; null when it stays what it was. */
  readonly consumption: WeighedChange | null;
  readonly sets: JsonObject;
}

interface Consuming extends Pick<OperationPreview, 'resource' | 'item' | 'operation' | 'parameters'> {
  readonly person: Person;
  readonly reason: string;
}

/** What an item declares that can be done to its living resources: each a small request with plan, decision and run. */
@Injectable()
export class Operations {
  constructor(
    private readonly resources: Resources,
    private readonly catalog: Catalog,
    private readonly policy: Policy,
    private readonly planner: Planner,
    private readonly expressions: Expressions,
    private readonly consumption: Consumption,
    private readonly rules: LivingRules,
    private readonly opening: OperationOpening,
  ) {}

  /** What there is for this resource, by the version of the item it was made from, or by the newest where that one knows none. */
  async offered(resource: Resource): Promise<readonly Operation[]> {
    return (await this.itemOf(resource))?.operations ?? [];
  }

  /** When it may sleep, by the same version. */
  async schedulesOf(resource: Resource): Promise<Schedules | null> {
    return (await this.itemOf(resource))?.schedules ?? null;
  }

  /** @throws OperationRefused, with what is wrong */
  async get(
    resourceId: string,
    name: string,
  ): Promise<{ resource: Resource; item: CatalogItem; operation: Operation }> {
    const resource = await this.resources.get(resourceId);
    const item = await this.itemOf(resource);
    const operation = item?.operations?.find((one) => one.name === name);
    if (item === null || operation === undefined)
      throw new OperationRefused(`${resource.title} has no operation “${name}” (any more). Nothing was changed.`);
    if (resource.state !== 'active')
      throw new OperationRefused(`${resource.title} is not in use: nothing can be done to it. Nothing was changed.`);
    return { resource, item, operation };
  }

  /** Changes nothing. @throws OperationRefused where the parameters or the quota are not good */
  async preview(
    { resourceId, name, person, parameters, reason }: OperationWish,
    occasion: Occasion = 'preview',
  ): Promise<OperationPreview> {
    const { resource, item, operation } = await this.get(resourceId, name);
    const judged = validateParameters(operation, parameters);
    if (!judged.ok)
      throw new OperationRefused(`${judged.errors.map(({ message }) => message).join(' ')} Nothing was changed.`);
    const scope = operationScope(resource, { parameters: judged.value, personId: person.id, reason });
    const changes = await this.planner.plan({ ...item, steps: operation.steps }, scope);
    const sets = this.setsOf(operation, scope);
    const about = { verb: 'operate', operation: name, resource, item, person, reason, changes } as const;
    const afterwards = { ...resource.parameters, ...sets };
    const consumption = await this.consumed({ resource, item, operation, person, parameters: afterwards, reason });
    const quota = consumption?.quota ?? [];
    const content = await this.rules.ask({ ...about, parameters: afterwards, quota }, occasion);
    const decision = decidedWith(this.decide(resource, item, operation, person, content), consumption);
    const { digest: itemDigest, version } = item;
    const what = {
      resource: resource.id,
      name,
      itemDigest,
      parameters: judged.value,
      changes: agreedChanges(changes),
      sets,
      ...(consumption !== null && agreedConsumption(consumption)),
    };
    const plan = { digest: digestOf(what), changes };
    const seen = { resource, item: { ...item, version }, operation, parameters: judged.value };
    return { ...seen, decision, plan, consumption, sets };
  }

  /** @throws OperationRefused, OperationUnderWay, QuotaExceeded, BudgetExceeded; when the plan is another by now, with that sentence */
  async begin(
    wish: OperationWish & { readonly planDigest: string; readonly idempotencyKey: string; readonly traceId: string },
  ): Promise<OperationRun> {
    const preview = await this.preview(wish, 'submit');
    const { decision, plan, item, operation, resource, parameters, consumption } = preview;
    if (decision.outcome === 'deny') throw new OperationRefused(`${deniedWords(decision)} Nothing was changed.`);
    const impossible = plan.changes.find(({ kind }) => kind === 'cannot');
    if (impossible !== undefined) throw new OperationRefused(`${impossible.summary} Nothing was changed.`);
    if (plan.digest !== wish.planDigest)
      throw new OperationRefused('Things changed since you saw the plan. Look at it again; nothing was changed.');
    const { person, reason, idempotencyKey, traceId } = wish;
    const { name, title } = operation;
    const what = { kind: 'operation', name, title, itemDigest: item.digest, parameters, plan, reason } as const;
    return this.opening.open({
      ...what,
      resource,
      person,
      idempotencyKey,
      traceId,
      need: decision.approval ?? null,
      consumption,
    });
  }

  /** As an approval takes time: whether this person still may. Null when so, or why not. */
  async whyNot(one: OperationRun, person: Person): Promise<string | null> {
    const { resource, item, operation } = await this.get(one.resourceId, one.name);
    const { parameters, reason, name } = one;
    const { changes } = one.plan;
    const sets = this.setsOf(operation, operationScope(resource, { parameters, personId: person.id, reason }));
    const about = { verb: 'operate', operation: name, resource, item, person, reason, changes } as const;
    const content = await this.rules.ask({ ...about, parameters: { ...resource.parameters, ...sets } }, 'submit');
    const decision = this.decide(resource, item, operation, person, content);
    return decision.outcome === 'deny' ? deniedWords(decision) : null;
  }

  /** Whether this person may, by the rules and by what the item says. */
  decide(
    resource: Resource,
    item: CatalogItem,
    operation: Operation,
    person: Person,
    content?: ContentFindings,
  ): PolicyDecision {
    const { teamId, environment, itemName, ownerId } = resource;
    const { name, title, approval, who } = operation;
    const about = { person, name, title, resource: { teamId, environment, itemName }, ownerId, itemOwner: item.owner };
    const more = { ...(approval !== undefined && { approval }), ...(content && { content }) };
    const decision = this.policy.decideOperation({ ...about, ...more });
    if (who === undefined || who.some((one) => isOne(one, person, resource))) return decision;
    const message = `“${title}” is for ${who.map((one) => WHO[one]).join(' and ')} only.`;
    const reason = { rule: `item:${itemName}/${name}`, outcome: 'deny' as const, message };
    return { outcome: 'deny', reasons: [...decision.reasons, reason] };
  }

  private async itemOf(resource: Resource): Promise<CatalogItem | null> {
    const made = await this.catalog.findVersion(resource.itemName, resource.itemDigest);
    if (made?.operations !== undefined) return made;
    return this.catalog.list().find(({ name }) => name === resource.itemName) ?? made;
  }

  private setsOf({ sets = {} }: Operation, scope: JsonObject): JsonObject {
    return this.expressions.evaluate(sets, scope) as JsonObject;
  }

  /** A resource takes and costs what the version says that it is of, whichever one knows the operation. */
  private async consumed(asked: Consuming): Promise<WeighedChange | null> {
    const { resource, item, operation, person, parameters, reason } = asked;
    if (operation.sets === undefined) return null;
    const ruled = this.decide(resource, item, operation, person);
    const of = (await this.consumption.versionOf(resource)) ?? item;
    return this.consumption.weigh(resource, { item: of, parameters, reason }, ruled);
  }
}

export function deniedWords({ reasons }: PolicyDecision): string {
  const denials = reasons.filter(({ outcome }) => outcome === 'deny');
  return denials.map(({ message }) => message).join(' ');
}

const WHO = { owner: 'its owner', member: 'members of its team', lead: 'leads of its team' } as const;

function isOne(who: keyof typeof WHO, person: Person, { ownerId, teamId }: Resource): boolean {
  if (who === 'owner') return person.id === ownerId;
  return person.teams.some((team) => team.teamId === teamId && (who === 'member' || team.relation === 'lead'));
}
