import type { CatalogItem, Form, ParameterError } from '../../catalog/index.js';
import type { PolicyDecision } from '../../policy/index.js';
import type { Resource } from '../../resources/index.js';
import type { JsonObject } from '../../shared/index.js';
import type { WeighedChange } from '../consumption.js';
import type { OperationPlan } from '../operations/operation-run.js';

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
  /** Null when there is no plan. */
  readonly consumption: WeighedChange | null;
  /** Lines of the difference between both versions; null when the old one is not known any more. */
  readonly differences: readonly string[] | null;
}

/** Why it can't be done; empty when it can. */
export function obstacles({ plan, missing }: UpgradePreview): string[] {
  return [
    ...missing.map(({ message }) => message),
    ...plan.changes.filter(({ kind }) => kind === 'cannot').map(({ title, summary }) => `“${title}”: ${summary}`),
  ];
}
