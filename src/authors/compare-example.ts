import { isDeepStrictEqual } from 'node:util';
import type { ItemExpectation } from '../catalog/index.js';
import type { PolicyDecision } from '../policy/index.js';
import type { CostEstimate } from '../quotas/index.js';
import type { PlannedChange } from '../requests/index.js';
import type { Json } from '../shared/index.js';
import type { Weighed } from './weigh-example.js';

type Decided = Extract<Weighed, { kind: 'decided' }>;

const CENT = 0.005;

/** Where what came of an example differs from what its author expects; empty when it is as it should be. */
export function differences(expect: ItemExpectation, weighed: Weighed): string[] {
  if (weighed.kind === 'invalid') return ofInvalid(expect, weighed.errors);
  if (expect.decision === 'invalid')
    return [`it should be refused by the form, and the decision is ${weighed.decision.outcome}`];
  return [
    ...ofDecision(expect, weighed.decision),
    ...ofPlan(expect, weighed.decision, weighed.changes),
    ...ofInputs(expect.inputs ?? {}, weighed.changes),
    ...ofResource(expect, weighed),
    ...ofCost(expect.cost ?? {}, weighed.cost),
    ...ofQuota(expect.quota ?? {}, weighed.quota),
  ];
}

function ofInvalid(
  { decision, fields = [] }: ItemExpectation,
  errors: readonly { field: string; message: string }[],
): string[] {
  if (decision !== 'invalid') return [`the form refuses it: ${errors.map(({ message }) => message).join(' ')}`];
  return fields
    .filter((field) => !errors.some((error) => error.field === field))
    .map(
      (field) => `“${field}” should be refused, and is not; refused is ${errors.map((one) => one.field).join(', ')}`,
    );
}

function ofDecision({ decision, rules = [], approvals = [] }: ItemExpectation, was: PolicyDecision): string[] {
  const spoke = was.reasons.map(({ rule }) => rule);
  const because = was.reasons.filter(({ outcome }) => outcome === was.outcome).map(({ message }) => message);
  const describe = was.approval?.describe ?? 'nobody';
  return [
    ...(was.outcome === decision
      ? []
      : [`the decision should be ${decision}, and is ${was.outcome}: ${because.join(' ')}`]),
    ...rules
      .filter((rule) => !spoke.includes(rule))
      .map((rule) => `the rule ${rule} should speak, and does not; those that do: ${spoke.join(', ')}`),
    ...approvals
      .filter((words) => !describe.toLowerCase().includes(words.toLowerCase()))
      .map((words) => `“${words}” should have to agree; it is ${describe}`),
  ];
}

function ofPlan(
  { plan = {} }: ItemExpectation,
  { outcome }: PolicyDecision,
  changes: readonly PlannedChange[],
): string[] {
  const impossible = outcome === 'deny' ? [] : changes.filter(({ kind }) => kind === 'cannot');
  const wrong = Object.entries(plan).flatMap(([step, kind]) => {
    const found = changes.filter((change) => change.step === step);
    if (found.length === 0) return [`there is no step ${step}; there are ${changes.map((one) => one.step).join(', ')}`];
    return found
      .filter((change) => change.kind !== kind && change.kind !== 'cannot')
      .map((change) => `the plan of ${step} should say ${kind}, and says ${change.kind}`);
  });
  return [...impossible.map(({ step, summary }) => `the step ${step} cannot be: ${summary}`), ...wrong];
}

function ofInputs(expected: NonNullable<ItemExpectation['inputs']>, changes: readonly PlannedChange[]): string[] {
  return Object.entries(expected).flatMap(([step, inputs]) => {
    const given = changes.filter((change) => change.step === step).map(inputOf);
    if (given.length === 0) return [`there is no step ${step} to look at the inputs of`];
    return Object.entries(inputs)
      .filter(([name, value]) => !given.some((input) => isDeepStrictEqual(input[name], value)))
      .map(([name, value]) => {
        const got = given.map((input) => (name in input ? JSON.stringify(input[name]) : 'nothing'));
        return `the step ${step} should get ${name}: ${JSON.stringify(value)}, and gets ${got.join(' and ')}`;
      });
  });
}

/** A plan of {@link plannableActions} has the step's input in its details. */
function inputOf({ details }: PlannedChange): Readonly<Record<string, Json>> {
  const [text = '{}'] = details;
  return JSON.parse(text) as Record<string, Json>;
}

function ofResource({ resource }: ItemExpectation, was: Decided): string[] {
  if (resource === undefined || resource === was.resource) return [];
  return [`the resource should be called “${resource}”, and is called “${was.resource}”`];
}

function ofCost(expected: NonNullable<ItemExpectation['cost']>, cost: CostEstimate): string[] {
  const kinds = ['monthly', 'once', 'untilEnd'] as const;
  if (kinds.some((kind) => expected[kind] !== undefined) && cost.missing.length > 0)
    return [`nobody can tell what it costs: prices.yaml has no ${cost.missing.join(', ')}`];
  return kinds.flatMap((kind) => {
    const wanted = expected[kind];
    if (wanted === undefined || Math.abs(wanted - cost[kind]) <= CENT) return [];
    return [`the cost (${kind}) should be ${wanted} ${cost.currency}, and is ${cost[kind].toFixed(2)}`];
  });
}

function ofQuota(expected: NonNullable<ItemExpectation['quota']>, quota: Decided['quota']): string[] {
  return Object.entries(expected)
    .filter(([unit, amount]) => (quota[unit] ?? 0) !== amount)
    .map(([unit, amount]) => `it should take ${amount} of ${unit}, and takes ${JSON.stringify(quota[unit] ?? 0)}`);
}
