import { Injectable } from '@nestjs/common';
import { Upgrades } from '../../browsing/index.js';
import { Catalog, type CatalogItem, Expressions, type Form, formOf, TypedForm } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { Runs, UpgradeRuns } from '../../orchestrator/index.js';
import { type ContentFindings, type Occasion, Policy, type PolicyDecision } from '../../policy/index.js';
import type { PlannedChange } from '../../requests/index.js';
import { type Resource, ResourceForbidden, Resources } from '../../resources/index.js';
import { digestOf, type JsonObject } from '../../shared/index.js';
import { agreedConsumption, Consumption, decidedWith } from '../consumption.js';
import { OperationRefused } from '../lifecycle.errors.js';
import { LivingRules } from '../living-rules.js';
import { type Opening, OperationOpening } from '../operations/operation-opening.js';
import type { OperationRun } from '../operations/operation-run.js';
import { deniedWords } from '../operations/operations.js';
import { obstacles, type UpgradePreview } from './upgrade-preview.js';

export interface UpgradeWish {
  readonly resourceId: string;
  readonly person: Person;
  /** What was answered to what the new version asks besides, by the path of the field. */
  readonly answers: JsonObject;
  readonly reason?: string;
}

interface Judging {
  readonly reason: string;
  /** For the measurements of the rules. */
  readonly occasion: Occasion;
}

/** Who decides: the rules on who may do one of their own, or all of an item; and what the rules on content found. */
interface Deciding {
  readonly person: Person;
  readonly verb: 'operate' | 'upgrade';
  readonly content?: ContentFindings;
}

interface Looking extends Judging, Omit<Deciding, 'content'> {
  readonly answers: JsonObject;
}

interface OpeningWish extends Pick<Opening, 'person' | 'reason' | 'idempotencyKey' | 'traceId'> {
  readonly fleet?: NonNullable<Opening['fleet']>;
}

export interface FleetWish extends OpeningWish {
  readonly resourceId: string;
  readonly itemDigest: string;
}

/** Makes a living resource what the newest version of its item says, in place: plan, decision, quota, run. */
@Injectable()
export class Upgrading {
  constructor(
    private readonly resources: Resources,
    private readonly catalog: Catalog,
    private readonly upgrades: Upgrades,
    private readonly expressions: Expressions,
    private readonly runs: Runs,
    private readonly upgradeRuns: UpgradeRuns,
    private readonly policy: Policy,
    private readonly consumption: Consumption,
    private readonly rules: LivingRules,
    private readonly opening: OperationOpening,
  ) {}

  /** Changes nothing. @throws UnknownResource, ResourceForbidden, OperationRefused when there is nothing newer */
  async preview(
    { resourceId, person, answers, reason = '' }: UpgradeWish,
    occasion: Occasion = 'preview',
  ): Promise<UpgradePreview> {
    const resource = await this.resources.get(resourceId);
    this.resources.assertMay(person, 'view', resource);
    return this.look(resource, { person, answers, reason, verb: 'operate', occasion });
  }

  /** For whoever upgrades all of an item. Changes nothing. @throws OperationRefused when there is nothing newer */
  async previewOfFleet(
    resourceId: string,
    person: Person,
    { reason, occasion }: Judging = { reason: '', occasion: 'preview' },
  ): Promise<UpgradePreview> {
    const resource = await this.resources.get(resourceId);
    return this.look(resource, { person, answers: {}, reason, verb: 'upgrade', occasion });
  }

  private async look(resource: Resource, { person, answers, verb, ...judging }: Looking): Promise<UpgradePreview> {
    const item = this.upgrades.newer(resource);
    if (item === null)
      throw new OperationRefused(`${resource.title} is of the newest version of its item. Nothing was changed.`);
    const form = this.formFor(resource, item, person, answers);
    const { parameters, errors: missing } = form;
    const changes = missing.length > 0 ? [] : await this.changesOf(resource, item, parameters);
    const differences = await this.upgrades.differences(resource, item);
    if (missing.length > 0) {
      const [decision, plan] = [this.decide(resource, item, { person, verb }), { digest: '', changes }];
      return { resource, item, form, missing, parameters, decision, plan, consumption: null, differences };
    }
    const { reason, occasion } = judging;
    const ruled = this.decide(resource, item, { person, verb });
    const consumption = await this.consumption.weigh(resource, { item, parameters, reason: null }, ruled);
    const about = { verb: 'upgrade', resource, item, person, parameters, changes, quota: consumption.quota } as const;
    const content = await this.rules.ask({ ...about, reason }, occasion);
    const decision = decidedWith(this.decide(resource, item, { person, verb, content }), consumption);
    const what = { resource: resource.id, from: resource.itemDigest, to: item.digest, parameters, changes };
    const plan = { digest: digestOf({ ...what, ...agreedConsumption(consumption) }), changes };
    return { resource, item, form, missing, parameters, decision, plan, consumption, differences };
  }

  /** @throws OperationRefused with why not, OperationUnderWay, QuotaExceeded, BudgetExceeded */
  async begin(
    wish: UpgradeWish & { planDigest: string; reason: string; idempotencyKey: string; traceId: string },
  ): Promise<OperationRun> {
    const known = await this.opening.known(wish.idempotencyKey);
    if (known !== null) return known;
    const preview = await this.preview(wish, 'submit');
    if (preview.plan.digest !== wish.planDigest)
      throw new OperationRefused('Things changed since you saw the plan. Look at it again; nothing was changed.');
    return this.open(preview, wish);
  }

  /**
   * One of all of an item, to that very version of it.
   * @throws OperationRefused with why not, OperationUnderWay, QuotaExceeded, BudgetExceeded, what `join` throws
   */
  async beginOfFleet(wish: FleetWish): Promise<OperationRun> {
    const { resourceId, person, reason } = wish;
    const preview = await this.previewOfFleet(resourceId, person, { reason, occasion: 'submit' });
    if (preview.item.digest !== wish.itemDigest)
      throw new OperationRefused('There is a newer version of its item by now. Nothing was changed.');
    return this.open(preview, wish);
  }

  private open(preview: UpgradePreview, wish: OpeningWish): Promise<OperationRun> {
    const { resource, item, parameters, plan, decision, consumption } = preview;
    if (decision.outcome === 'deny') throw new OperationRefused(`${deniedWords(decision)} Nothing was changed.`);
    const [obstacle] = obstacles(preview);
    if (obstacle !== undefined) throw new OperationRefused(`${obstacle} Nothing was changed.`);
    const { person, reason, idempotencyKey, traceId, fleet } = wish;
    const { digest: itemDigest, version } = item;
    const what = { kind: 'upgrade', name: 'upgrade', title: titleOf(version), itemDigest, parameters, plan } as const;
    const need = decision.approval ?? null;
    const about = { resource, person, reason, need, consumption, idempotencyKey, traceId };
    return this.opening.open({ ...what, ...about, ...(fleet !== undefined && { fleet }) });
  }

  /** Whether this person may, by the rules: one of their own, or all of an item. */
  decide(
    resource: Pick<Resource, 'teamId' | 'environment' | 'itemName' | 'ownerId'>,
    item: CatalogItem,
    deciding: Deciding,
  ): PolicyDecision {
    const { teamId, environment, itemName, ownerId } = resource;
    const about = { ...deciding, name: 'upgrade', title: titleOf(item.version), ownerId, itemOwner: item.owner };
    return this.policy.decideOperation({ ...about, resource: { teamId, environment, itemName } });
  }

  /** @throws ResourceForbidden */
  async assertStill(one: OperationRun, resource: Resource, person: Person): Promise<void> {
    const item = await this.catalog.findVersion(resource.itemName, one.itemDigest);
    if (item === null) return;
    const { parameters, reason } = one;
    const { changes } = one.plan;
    const about = { verb: 'upgrade', resource, item, person, parameters, reason, changes } as const;
    const content = await this.rules.ask(about, 'submit');
    const verb = one.fleetId === null ? 'operate' : 'upgrade';
    const decision = this.decide(resource, item, { person, verb, content });
    if (decision.outcome === 'deny') throw new ResourceForbidden(deniedWords(decision));
  }

  private async changesOf(
    { runId, secretRef, title }: Resource,
    item: CatalogItem,
    parameters: JsonObject,
  ): Promise<PlannedChange[]> {
    if (runId === null)
      return [{ step: 'resource', title, kind: 'cannot', summary: 'Nobody knows how it was made.', details: [] }];
    const of = await this.runs.get(runId);
    return this.upgradeRuns.plan({ of, steps: item.steps, parameters, secretRef, facts: {} });
  }

  private formFor(resource: Resource, item: CatalogItem, person: Person, answers: JsonObject): Form {
    const { name, email, timezone = 'UTC' } = person;
    const { teamId: team, environment, ownerId: requesterId, parameters } = resource;
    const context = { user: { name, email, timezone }, request: { team, environment, requesterId } };
    const answered = Object.entries(answers).reduce(
      (typed, [path, value]) => typed.with(path, value),
      TypedForm.of(parameters),
    );
    return formOf({ item, typed: answered, context, expressions: this.expressions });
  }
}

function titleOf(version: string): string {
  return `Upgrade to ${version}`;
}
