import type { CatalogItem, Form, ParameterError } from '../../catalog/index.js';
import type { PolicyDecision } from '../../policy/index.js';
import type { QuotaLine, Wants } from '../../quotas/index.js';
import type { Resource } from '../../resources/index.js';
import type { JsonObject } from '../../shared/index.js';
import type { OperationPlan } from '../operations/operation-run.js';

/** How much of a unit a resource takes now, and would take. */
export interface QuotaChange {
  readonly line: QuotaLine;
  /** Null when the version that made it is not known any more. */
  readonly before: number | null;
}

/** What a newer version of its item would make of a living resource. */
export interface UpgradePreview {
  readonly resource: Resource;
  readonly item: CatalogItem;
  readonly form: Form;
  /** What the new version asks for and nobody answered, or what it does not take any more. Then there is no plan. */
  readonly missing: readonly ParameterError[];
  readonly parameters: JsonObject;
  readonly decision: PolicyDecision;
  readonly plan: OperationPlan;
  readonly wants: Wants;
  readonly quota: readonly QuotaChange[];
  /** Lines of the difference between both versions; null when the old one is not known any more. */
  readonly differences: readonly string[] | null;
}

/** Why it can't be done; empty when it can. */
export function obstacles({ plan, missing, quota }: UpgradePreview): string[] {
  return [
    ...missing.map(({ message }) => message),
    ...plan.changes.filter(({ kind }) => kind === 'cannot').map(({ title, summary }) => `“${title}”: ${summary}`),
    ...quota.filter(({ line }) => line.exceeded).map(({ line }) => `There is not enough of ${line.title}.`),
  ];
}
