import { Injectable } from '@nestjs/common';
import type { CatalogItem } from '../../catalog/index.js';
import type { Person } from '../../identity/index.js';
import { Metrics } from '../../observability/index.js';
import type { DocumentProblem } from '../../platform/documents/index.js';
import { Clock, type JsonObject } from '../../shared/index.js';
import { AccessBook } from '../access-book.js';
import { ActiveIncidents } from '../active-incidents.js';
import { type WantedApproval, wantedByRule } from '../approval-need.js';
import type { DecisionReason } from '../policy-decision.js';
import { Waivers } from '../waivers.js';
import { itemFacts, planFacts } from './example-facts.js';
import { freezeFacts } from './freeze-windows.js';
import { RuleBook } from './rule-book.js';
import type { Rule } from './rule-document.js';
import type { ChangeFact, CostFacts, QuotaFact, ResourceFacts, RuleFacts } from './rule-facts.js';
import { RuleJudge } from './rule-judge.js';
import type { RuleVerb } from './rule-verbs.js';
import { counts, effectOf, type RuleVerdict, reasonOfVerdict, spoke } from './rule-verdict.js';
import { timeFacts } from './zone.js';

/** As much of a catalog item as rules can see. */
export type JudgedItem = Pick<
  CatalogItem,
  'name' | 'title' | 'version' | 'owner' | 'lifecycle' | 'tags' | 'lease' | 'resource'
>;

/** What the rules are asked about. */
export interface ContentQuestion {
  readonly verb: RuleVerb;
  /** For `operate`, its name. */
  readonly operation?: string;
  readonly person: Person;
  readonly item: JudgedItem;
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  /** For `extend`, how much longer. */
  readonly leaseHours: number;
  readonly changes?: readonly ChangeFact[];
  /** Left out when nobody can tell. */
  readonly cost?: CostFacts;
  readonly quota?: readonly QuotaFact[];
  /** What a day-2 verb is about. */
  readonly resource?: ResourceFacts;
}

/** When the rules were asked; `explain` counts nowhere. */
export type Occasion = 'preview' | 'submit' | 'explain';

export interface ContentFindings {
  /** Of every rule, in the order of their files. */
  readonly verdicts: readonly RuleVerdict[];
  /** Of those that spoke. */
  readonly reasons: readonly DecisionReason[];
  /** What the enforced ones want. */
  readonly wanted: readonly WantedApproval[];
}

const NOTHING: ContentFindings = { verdicts: [], reasons: [], wanted: [] };

/** The rules of catalog/policies: they judge what is asked for, where access.yaml judges who asks. */
@Injectable()
export class ContentRules {
  constructor(
    private readonly book: RuleBook,
    private readonly access: AccessBook,
    private readonly judge: RuleJudge,
    private readonly waivers: Waivers,
    private readonly incidents: ActiveIncidents,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Asks every rule. A rule that can't be judged is a verdict, never an exception. */
  async ask(question: ContentQuestion, occasion: Occasion): Promise<ContentFindings> {
    if (this.book.rules().length === 0) return NOTHING;
    const facts = await this.factsOf(question);
    const asked = await Promise.all(this.book.rules().map((rule) => this.judge.judge(rule, facts)));
    const verdicts = await Promise.all(asked.map((verdict) => this.withWaiver(verdict, question)));
    if (occasion !== 'explain') for (const verdict of verdicts) this.measure(verdict, occasion);
    return {
      verdicts,
      reasons: verdicts.filter(spoke).map(reasonOfVerdict),
      wanted: verdicts.filter(counts).flatMap((verdict) => this.wantedOf(verdict)),
    };
  }

  /** Reads catalog/policies and freezes.yaml again. Do it after the catalog and access.yaml, whose names they use. */
  reload(): Promise<void> {
    return this.book.reload();
  }

  /** The rule as it is in force now; null when there is none of that id. */
  find(id: string): Rule | null {
    return this.book.find(id);
  }

  list(): readonly Rule[] {
    return this.book.rules().map(({ rule }) => rule);
  }

  /** What is wrong in catalog/policies and freezes.yaml right now. */
  problems(): readonly DocumentProblem[] {
    return this.book.problems();
  }

  private async factsOf(question: ContentQuestion): Promise<RuleFacts> {
    const { verb, person, item, teamId, environment, parameters, reason, leaseHours } = question;
    const team = this.access.current()?.teams.find(({ id }) => id === teamId);
    const windows = this.book.freezes();
    const now = this.clock.now();
    return {
      verb,
      operation: question.operation ?? '',
      person: personFacts(person),
      team: { id: teamId, title: team?.title ?? teamId },
      item: itemFacts(item),
      environment,
      parameters,
      reason,
      lease: { hours: leaseHours, defaultHours: item.lease.defaultHours, maxHours: item.lease.maxHours },
      plan: planFacts(question.changes ?? []),
      cost: question.cost ?? {},
      quota: question.quota ?? [],
      resource: question.resource ?? {},
      time: timeFacts(now, windows.zone),
      freeze: freezeFacts(windows, { teamId, environment, itemName: item.name }, now),
      incidents: await this.incidents.open(),
    };
  }

  private async withWaiver(verdict: RuleVerdict, question: ContentQuestion): Promise<RuleVerdict> {
    if (!counts(verdict)) return verdict;
    const { person, teamId, environment, item } = question;
    const place = { personId: person.id, teamId, environment, itemName: item.name };
    const waiver = await this.waivers.active(verdict.rule, place);
    return waiver === null ? verdict : { ...verdict, waiver };
  }

  private wantedOf(verdict: RuleVerdict): WantedApproval[] {
    const approval = this.book.find(verdict.rule)?.approval;
    return effectOf(verdict) === 'needs-approval' && approval !== undefined ? [wantedByRule(approval)] : [];
  }

  private measure(verdict: RuleVerdict, at: 'preview' | 'submit'): void {
    const { rule, mode, state } = verdict;
    if (state === 'off' || state === 'elsewhere') return;
    const labels = { rule, mode, at };
    this.metrics.ruleAttempts.inc(labels);
    if (!spoke(verdict) || verdict.waiver !== undefined) return;
    this.metrics.ruleFirings.inc(labels);
    if (effectOf(verdict) === 'deny') this.metrics.ruleDenials.inc(labels);
  }
}

function personFacts({ id, name, email, teams, roles }: Person): RuleFacts['person'] {
  return {
    id,
    name,
    email,
    teams: teams.map(({ teamId }) => teamId),
    leads: teams.filter(({ relation }) => relation === 'lead').map(({ teamId }) => teamId),
    roles,
  };
}
