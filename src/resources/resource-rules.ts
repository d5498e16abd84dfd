import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Catalog } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Transactions } from '../platform/database/index.js';
import { currentTraceId } from '../platform/logging/index.js';
import { ContentRules, type DecisionReason, type JudgedItem } from '../policy/index.js';
import { Clock } from '../shared/index.js';
import type { Resource } from './resource.js';
import { ResourceForbidden } from './resources.errors.js';

export interface DayTwoQuestion {
  readonly verb: 'extend' | 'destroy';
  readonly resource: Resource;
  readonly person: Person;
  /** How much longer it would live. */
  readonly leaseHours: number;
  readonly reason: string;
}

const HOUR_MILLISECONDS = 3_600_000;

/** The rules of catalog/policies for what people do to a resource. What the product does by itself is not asked. */
@Injectable()
export class ResourceRules {
  constructor(
    private readonly rules: ContentRules,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  /** @throws ResourceForbidden in the rules' own words */
  async assertFit(question: DayTwoQuestion): Promise<void> {
    const { verb, resource, person, leaseHours, reason } = question;
    const { id, kind, title, teamId, environment, parameters, createdAt } = resource;
    const ageHours = (this.clock.now().getTime() - createdAt.getTime()) / HOUR_MILLISECONDS;
    const item = (await this.catalog.findVersion(resource.itemName, resource.itemDigest)) ?? asItWas(resource);
    const about = { verb, person, item, teamId, environment, parameters, reason, leaseHours };
    const { reasons } = await this.rules.ask({ ...about, resource: { id, kind, title, ageHours } }, 'submit');
    await this.recordTrial(question, reasons);
    const denials = reasons.filter(({ outcome }) => outcome === 'deny');
    if (denials.length > 0)
      throw new ResourceForbidden(`${denials.map(({ message }) => message).join(' ')} Nothing was changed.`);
  }

  /** What a rule that is only tried out would have refused. */
  private async recordTrial(
    { verb, resource, person }: DayTwoQuestion,
    reasons: readonly DecisionReason[],
  ): Promise<void> {
    const tried = reasons.filter(({ outcome, content }) => outcome === 'audit' && content?.effect === 'deny');
    if (tried.length === 0) return;
    const titles = tried.map(({ content, rule }) => `“${content?.title ?? rule}”`).join(', ');
    await this.transactions.run((tx) =>
      this.audit.append(tx, {
        type: 'policy.rule_tried',
        actor: { kind: 'person', id: person.id },
        subject: { kind: 'resource', id: resource.id },
        traceId: currentTraceId() ?? resource.traceId,
        summary: `would not have been let ${verb} it by ${titles}, only tried out`,
        data: { verb, rules: tried.map(({ rule }) => rule) },
      }),
    );
  }
}

/** When the version it came from can't be read any more. */
function asItWas({ itemName: name, itemVersion: version, kind, leaseHours }: Resource): JudgedItem {
  return {
    name,
    version,
    title: name,
    owner: '',
    lifecycle: 'retired',
    tags: [],
    lease: { defaultHours: leaseHours, maxHours: leaseHours, warnHoursBefore: 0, extendHours: 0 },
    resource: { kind, title: name },
  };
}
