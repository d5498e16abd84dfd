import type { CatalogItem } from '../catalog/index.js';
import type { PolicyDecision } from '../policy/index.js';
import { digestOf, type JsonObject } from '../shared/index.js';

export type ChangeKind = 'create' | 'change' | 'none' | 'unknown' | 'cannot';

/** What one step would do. `unknown` until an earlier step ran, `cannot` with the reason: never an invented output. */
export interface PlannedChange {
  readonly step: string;
  readonly title: string;
  readonly kind: ChangeKind;
  readonly summary: string;
  readonly details: readonly string[];
}

/** What a request would do, computed without doing it. */
export interface Plan {
  /** Of everything that an approval is about. */
  readonly digest: string;
  readonly item: { readonly name: string; readonly version: string; readonly digest: string };
  readonly teamId: string;
  readonly environment: string;
  readonly parameters: JsonObject;
  readonly leaseHours: number;
  readonly changes: readonly PlannedChange[];
  readonly decision: PolicyDecision;
}

/** Port, bound in orchestrator/: asks every step's action what it would do. */
export abstract class Planner {
  abstract plan(item: CatalogItem, scope: PlanScope): Promise<PlannedChange[]>;
}

export interface PlanScope {
  readonly params: JsonObject;
  readonly request: JsonObject;
  readonly resource: { readonly id: string };
}

export function planOf(parts: Omit<Plan, 'digest'>): Plan {
  const { item, teamId, environment, parameters, leaseHours, changes } = parts;
  return { ...parts, digest: digestOf({ item, teamId, environment, parameters, leaseHours, changes }) };
}
