import type { CatalogItem } from './catalog-item.js';
import type { KnownScope } from './expressions.js';
import type { Operation } from './operation.js';
import { merged, type PossibleField, possibleFields } from './parameter-layers.js';
import { resolvedSchema } from './parameter-refs.js';
import type { ObjectSchema, ParametersSchema, ParameterType } from './parameter-schema.js';
import type { RunbookStep } from './runbook.js';
import type { StepTemplate } from './step-template.js';

/** `request.*` in the expressions of a catalog item. */
export interface RequestScope {
  readonly id: string;
  /** Owning team id. */
  readonly team: string;
  readonly environment: string;
  /** Slack user id. */
  readonly requesterId: string;
  readonly reason: string;
}

/** `resource.*` in the expressions of a runbook. `parameters` and `outputs` are those of its catalog item. */
export interface ResourceScope {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly itemName: string;
  readonly team: string;
  readonly environment: string;
  /** A reference, never a value; '' when the resource has no secret. */
  readonly secretRef: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** `incident.*` in the expressions of a runbook. */
export interface IncidentScope {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
}

const REQUEST = { id: 'string', team: 'string', environment: 'string', requesterId: 'string', reason: 'string' };
const RESOURCE = {
  id: 'string',
  kind: 'string',
  title: 'string',
  itemName: 'string',
  team: 'string',
  environment: 'string',
  secretRef: 'string',
};
const INCIDENT = { id: 'string', title: 'string', severity: 'string' };

/** Output field names by action id; undefined when the action is unknown. */
export type OutputsOf = (action: string) => readonly string[] | undefined;

/**
 * What the expressions of an item may use: parameters that always have a value, the request, and the steps given. Steps with a
 * condition only where that is sure to have held: in what is done `under` it.
 */
export function itemScope(
  item: Pick<CatalogItem, 'parameters'>,
  earlier: readonly StepTemplate[],
  outputsOf: OutputsOf,
  under?: Pick<StepTemplate, 'if' | 'forEach'>,
): KnownScope {
  const steps = earlier.filter((step) => step.if === undefined || (under !== undefined && isImplied(step, under)));
  return {
    params: parameterTypes(item.parameters),
    request: REQUEST,
    resource: { id: 'string' },
    steps: stepTypes(steps, outputsOf),
  };
}

/** What the expressions of a runbook may use: whatever every resource it applies to has. */
export function runbookScope(
  items: readonly CatalogItem[],
  earlier: readonly RunbookStep[],
  outputsOf: OutputsOf,
): KnownScope {
  const steps = earlier.flatMap((step) => (step.kind === 'manual' ? [] : [step]));
  const outputs = shared(
    items.map((item) => Object.fromEntries(Object.keys(item.outputs).map((name) => [name, 'dyn']))),
  );
  const parameters = shared(items.map((item) => parameterTypes(item.parameters)));
  // With no item to go by (its own file may be broken) nothing can be said about its outputs: a good runbook stays in use.
  const ofItem = items.length === 0 ? { outputs: 'dyn', parameters: 'dyn' } : { outputs, parameters };
  return { resource: { ...RESOURCE, ...ofItem }, incident: INCIDENT, steps: stepTypes(steps, outputsOf) };
}

/** What the expressions of an operation may use besides: what was entered for it, and all of the resource. */
export function operationScope(
  item: Pick<CatalogItem, 'parameters' | 'outputs'>,
  operation: Pick<Operation, 'parameters'>,
): KnownScope {
  const outputs = Object.fromEntries(Object.keys(item.outputs).map((name) => [name, 'dyn']));
  return {
    resource: { ...RESOURCE, outputs, parameters: parameterTypes(item.parameters) },
    operation: parameterTypes(operation.parameters),
  };
}

/** Whether a parameter may be left empty or not be asked at all, so that no expression can count on it. */
export function isOptional(parameters: ParametersSchema, name: string): boolean {
  const field = possibleFields(resolvedSchema(parameters)).find((one) => one.name === name);
  return field !== undefined && !isCertain(field);
}

/** What expressions know of the parameters. A type that ends with `?` may be missing: `has(params.x) ? params.x : …`. */
export function parameterTypes(parameters: ParametersSchema): KnownScope {
  return typesOf(resolvedSchema(parameters));
}

function typesOf(schema: ObjectSchema): Record<string, string | KnownScope> {
  return Object.fromEntries(
    possibleFields(schema).map((field): [string, string | KnownScope] => {
      const types = new Set(field.layers.flatMap(({ type }) => (type === undefined ? [] : [type])));
      const [only] = types;
      if (types.size !== 1 || only === undefined) return [field.name, 'dyn?'];
      if (only === 'object' && isCertain(field)) return [field.name, typesOf(merged(field.layers))];
      return [field.name, isCertain(field) ? CEL_TYPES[only] : `${CEL_TYPES[only]}?`];
    }),
  );
}

function isCertain({ always, hideable, required, layers }: PossibleField): boolean {
  const [own] = layers;
  return always && !hideable && (required || own?.default !== undefined || own?.const !== undefined);
}

/** A `number` may hold 3 or 3.5, which CEL tells apart: only the value decides. */
const CEL_TYPES: Readonly<Record<ParameterType, string>> = {
  string: 'string',
  integer: 'int',
  number: 'dyn',
  boolean: 'bool',
  array: 'list',
  object: 'map',
};

function stepTypes(
  steps: readonly { name: string; action: string; forEach?: string }[],
  outputsOf: OutputsOf,
): KnownScope {
  return Object.fromEntries(
    steps.map((step) => {
      const outputs = outputsOf(step.action);
      // A loop gives a list with the output of each turn.
      if (step.forEach !== undefined) return [step.name, { output: 'list' }];
      return [
        step.name,
        { output: outputs === undefined ? 'dyn' : Object.fromEntries(outputs.map((name) => [name, 'dyn'])) },
      ];
    }),
  );
}

/** Conditions are over what stays as it is: the same words, or these and more, hold only where the first ones held. A turn of a loop is its own. */
function isImplied(earlier: StepTemplate, later: Pick<StepTemplate, 'if' | 'forEach'>): boolean {
  if (earlier.forEach !== undefined || later.forEach !== undefined) return false;
  const [first, then] = [conditionIn(earlier.if), conditionIn(later.if)];
  if (first === null || then === null) return false;
  return then === first || (then.startsWith(`${first} && `) && !/[|?]/.test(then));
}

function conditionIn(template: string | undefined): string | null {
  return template === undefined
    ? null
    : template
        .trim()
        .replace(/^\$\{\{\s*/, '')
        .replace(/\s*\}\}$/, '');
}

/** What any of them has, and how surely: what some do not have may be missing. */
function shared(all: readonly KnownScope[]): KnownScope {
  const names = new Set(all.flatMap((one) => Object.keys(one)));
  return Object.fromEntries(
    [...names].map((name): [string, string | KnownScope] => {
      const types = all.map((one) => one[name]);
      const [first, ...others] = types;
      if (types.includes(undefined) || first === undefined) return [name, 'dyn?'];
      if (others.every((other) => JSON.stringify(other) === JSON.stringify(first))) return [name, first];
      const uncertain = types.some((one) => typeof one === 'string' && one.endsWith('?'));
      return [name, uncertain ? 'dyn?' : 'dyn'];
    }),
  );
}
