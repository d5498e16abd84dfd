import { type CatalogItem, type ItemExample, validateParameters } from '../catalog/index.js';
import type { PolicyDecision } from '../policy/index.js';
import type { CostEstimate } from '../quotas/index.js';
import { type PlannedChange, requestScope } from '../requests/index.js';
import type { Json, JsonObject } from '../shared/index.js';
import type { Workbench } from './workbench.js';

/** What came of an example. */
export type Weighed =
  | { readonly kind: 'invalid'; readonly errors: readonly { readonly field: string; readonly message: string }[] }
  | {
      readonly kind: 'decided';
      readonly decision: PolicyDecision;
      readonly changes: readonly PlannedChange[];
      readonly resource: string;
      readonly cost: CostEstimate;
      readonly quota: Readonly<Record<string, Json>>;
    };

/** Stands for the id of a request that nobody makes. */
const NEVER = 'req-example';

/**
 * Asks the real catalog, policy and prices what they say to an example; a draft is judged as if it were active already.
 * @throws ExpressionFailed, NoAmount when the item's own expressions fail
 */
export async function weighExample(written: CatalogItem, example: ItemExample, bench: Workbench): Promise<Weighed> {
  const item: CatalogItem = written.lifecycle === 'draft' ? { ...written, lifecycle: 'active' } : written;
  const checked = validateParameters(item, example.parameters);
  const leaseHours = example.leaseHours ?? item.lease.defaultHours;
  const errors = [...(checked.ok ? [] : checked.errors), ...leaseErrors(item, leaseHours)];
  if (!checked.ok || errors.length > 0) return { kind: 'invalid', errors };
  const person = await bench.people.withEmail(example.person);
  const teamId = example.team ?? person.teams[0]?.teamId ?? bench.policy.teams()[0]?.id ?? '';
  const environment = example.environment ?? item.environments[0] ?? '';
  const { value: parameters } = checked;
  const { reason } = example;
  const request = requestScope({ id: NEVER, teamId, environment, requesterId: person.id, reason });
  const wish = { person, item, teamId, environment, parameters, reason, leaseHours };
  const cost = bench.costs.estimate({ item, parameters, request, leaseHours });
  const changes = await bench.planner.plan(item, { params: parameters, request, resource: { id: NEVER } });
  const content = await bench.rules.ask({ ...wish, ...costFacts(cost), verb: 'request', changes }, 'explain');
  return {
    kind: 'decided',
    decision: bench.policy.decideRequest({ ...wish, content }),
    changes,
    resource: textOf(bench.expressions.evaluate(item.resource.title, { params: parameters, request })),
    cost,
    quota: bench.expressions.evaluate({ ...item.quota }, { params: parameters, request }) as JsonObject,
  };
}

function leaseErrors({ lease }: CatalogItem, hours: number): { field: string; message: string }[] {
  if (Number.isInteger(hours) && hours >= 1 && hours <= lease.maxHours) return [];
  return [{ field: 'lease', message: `Lease: choose between 1 and ${lease.maxHours} hours.` }];
}

/** A cost that nobody can tell is left out, as the bot does. */
function costFacts({ missing, currency, hourly, monthly, untilEnd }: CostEstimate): object {
  return missing.length > 0 ? {} : { cost: { currency, hourly, monthly, untilEnd } };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
