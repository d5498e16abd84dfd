import type { Likeness } from '../approvals/index.js';
import { type CatalogItem, formFields } from '../catalog/index.js';
import type { Plan } from './plan.js';

/** What a lead who approves similar ones agrees to: this plan, or less. */
export function likenessOf(item: CatalogItem, plan: Plan): Likeness {
  const { teamId, environment, parameters, leaseHours, cost, quota } = plan;
  const text = formFields(item).filter(
    ({ kind, options }) => (kind === 'text' || kind === 'multiline') && options === undefined,
  );
  return {
    itemName: plan.item.name,
    itemDigest: plan.item.digest,
    teamId,
    environment,
    parameters,
    freeText: text.map(({ name }) => name),
    leaseHours,
    cost: cost.missing.length > 0 ? null : { currency: cost.currency, hourly: cost.hourly, once: cost.once },
    takes: Object.fromEntries(quota.map(({ unit, wants }) => [unit, wants])),
  };
}
