import type { JsonObject } from '../../shared/index.js';
import type { RuleVerb } from './rule-verbs.js';

export interface ChangeFact {
  readonly step: string;
  readonly title: string;
  readonly kind: string;
  readonly summary: string;
}

/** Money, in one currency. */
export interface CostFacts {
  readonly currency: string;
  readonly hourly: number;
  readonly monthly: number;
  /** For the whole lease. */
  readonly untilEnd: number;
}

/** One unit of the team's quota: how much there may be, is, and would come. */
export interface QuotaFact {
  readonly unit: string;
  readonly limit: number;
  readonly used: number;
  readonly wanted: number;
}

/** What a day-2 verb is about. */
export interface ResourceFacts {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly ageHours: number;
}

export interface IncidentFact {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  /** Of the affected resource; '' when the incident names none. */
  readonly environment: string;
  readonly team: string;
  readonly item: string;
}

export interface TimeFacts {
  /** ISO 8601, UTC. */
  readonly now: string;
  /** The rest in the zone of catalog/freezes.yaml. */
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: string;
  readonly zone: string;
}

/** The freeze windows that hold now for this team, environment and item. */
export interface FreezeFacts {
  readonly active: boolean;
  readonly ids: readonly string[];
  /** Of the one that ends last; '' with none. */
  readonly title: string;
  readonly until: string;
}

/** Everything a rule may look at; the same for CEL and, as JSON, for OPA. Each field is in {@link RULE_FIELDS}. */
export interface RuleFacts {
  readonly verb: RuleVerb;
  /** Name of an operation; '' for the other verbs. */
  readonly operation: string;
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly teams: readonly string[];
    readonly leads: readonly string[];
    readonly roles: readonly string[];
  };
  readonly team: { readonly id: string; readonly title: string };
  readonly item: {
    readonly name: string;
    readonly title: string;
    readonly version: string;
    readonly owner: string;
    readonly kind: string;
    readonly lifecycle: string;
    readonly tags: readonly string[];
  };
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly reason: string;
  readonly lease: { readonly hours: number; readonly defaultHours: number; readonly maxHours: number };
  readonly plan: { readonly changes: readonly ChangeFact[]; readonly creates: number; readonly alters: number };
  /** Empty when nobody can tell. */
  readonly cost: CostFacts | Record<string, never>;
  readonly quota: readonly QuotaFact[];
  /** Empty for a request. */
  readonly resource: ResourceFacts | Record<string, never>;
  readonly time: TimeFacts;
  readonly freeze: FreezeFacts;
  readonly incidents: readonly IncidentFact[];
}
