import { closest } from '../platform/documents/index.js';
import { messageOf } from '../shared/index.js';
import { refusedKeywords } from './check-parameter.js';
import type { Fault, Surroundings } from './check-parameters.js';
import { branchesOf, controllersOf, possibleFields } from './parameter-layers.js';
import type { BranchSchema, ConditionSchema, ObjectSchema } from './parameter-schema.js';
import { holds } from './parameter-validator.js';

/** Names that lead nowhere, conditions that decide nothing or cannot be evaluated. */
export function conditionProblems(object: ObjectSchema, around: Surroundings): Fault[] {
  const names = possibleFields(object).map(({ name }) => name);
  return branchesOf(object).flatMap((branch) => {
    const fault = (key: string, message: string, remedy: string): Fault => ({
      at: around.resolved.pathOf(branch, key),
      message,
      remedy,
    });
    const refused = branch === object && around.depth > 0 ? [] : refusedKeywords(branch);
    return [
      ...refused.map(({ keyword, remedy }) => fault(keyword, `no form can ask for “${keyword}”`, remedy)),
      ...requiredFaults(branch, names, around),
      ...dependencyFaults(branch, names, around),
      ...ifFaults(branch, object, around, fault),
    ];
  });
}

function requiredFaults(branch: BranchSchema, names: readonly string[], around: Surroundings): Fault[] {
  return (branch.required ?? []).flatMap((name, index) =>
    names.includes(name)
      ? []
      : [
          {
            at: around.resolved.pathOf(branch, 'required', index),
            message: `“${name}” is required but not among the properties`,
            remedy: didYouMean(name, names) ?? 'write a property of that name, or remove it here',
          },
        ],
  );
}

function dependencyFaults(branch: BranchSchema, names: readonly string[], around: Surroundings): Fault[] {
  const { dependentRequired = {}, dependentSchemas = {} } = branch;
  const used = [
    ...Object.entries(dependentRequired).map(([name, others]) => ({
      key: 'dependentRequired',
      all: [name, ...others],
      name,
    })),
    ...Object.keys(dependentSchemas).map((name) => ({ key: 'dependentSchemas', all: [name], name })),
  ];
  return used.flatMap(({ key, all, name }) =>
    all
      .filter((one) => !names.includes(one))
      .map((one) => ({
        at: around.resolved.pathOf(branch, key, name),
        message: `there is no field “${one}”`,
        remedy: didYouMean(one, names) ?? 'write the name of a field',
      })),
  );
}

function ifFaults(
  branch: BranchSchema,
  object: ObjectSchema,
  around: Surroundings,
  fault: (key: string, message: string, remedy: string) => Fault,
): Fault[] {
  const { if: condition, then: yes, else: no } = branch;
  if (condition === undefined) {
    const orphan = yes === undefined ? 'else' : 'then';
    const none = yes === undefined && no === undefined;
    return none ? [] : [fault(orphan, `there is no “if” for this “${orphan}”`, 'write the condition as if')];
  }
  if (yes === undefined && no === undefined)
    return [fault('if', 'this condition decides nothing', 'write then or else beside it')];
  const unknown = unknownIn(condition, object);
  if (unknown !== undefined) {
    const names = possibleFields(object).map(({ name }) => name);
    const remedy = didYouMean(unknown, names) ?? 'write the name of a field of the same object';
    return [fault('if', `the condition looks at “${unknown}”, which is no field here`, remedy)];
  }
  const secret = controllersOf(condition).find(
    (path) => looksInto(condition, path) && isSecret(object, path.split('/')),
  );
  if (secret !== undefined)
    return [
      fault(
        'if',
        `the condition looks into “${secret}”, which is a secret`,
        'write required: [it] to ask whether it was given',
      ),
    ];
  return brokenCondition(condition, fault) ?? vacuous(condition, object, around, fault);
}

function brokenCondition(
  condition: ConditionSchema,
  fault: (key: string, message: string, remedy: string) => Fault,
): Fault[] | undefined {
  try {
    holds(condition, {});
    return undefined;
  } catch (error) {
    return [fault('if', `the condition cannot be used: ${messageOf(error)}`, 'mend the condition')];
  }
}

/** A condition on a field that may be empty holds while it is empty: JSON Schema is like that, authors mostly are not. */
function vacuous(
  condition: ConditionSchema,
  object: ObjectSchema,
  _around: Surroundings,
  fault: (key: string, message: string, remedy: string) => Fault,
): Fault[] {
  const optional = controllersOf(condition).filter((path) => !path.includes('/') && mayBeEmpty(object, path));
  if (optional.length === 0 || !holds(condition, {})) return [];
  const list = optional.join(', ');
  const said = fault(
    'if',
    `this condition also holds while ${list} is empty`,
    `write required: [${list}] into it, unless that is what you want`,
  );
  return [{ ...said, severity: 'warning' }];
}

function mayBeEmpty(object: ObjectSchema, name: string): boolean {
  const field = possibleFields(object).find((one) => one.name === name);
  const [own] = field?.layers ?? [];
  return field !== undefined && !field.required && own?.default === undefined;
}

function unknownIn(condition: ConditionSchema, object: ObjectSchema): string | undefined {
  return controllersOf(condition).find((path) => !reaches(object, path.split('/')));
}

function reaches(object: ObjectSchema, [name = '', ...rest]: readonly string[]): boolean {
  const field = possibleFields(object).find((one) => one.name === name);
  if (field === undefined) return false;
  return rest.length === 0 || field.layers.some((layer) => reaches(layer, rest));
}

function didYouMean(name: string, names: readonly string[]): string | undefined {
  const [near] = closest(name, names, 1);
  return near === undefined ? undefined : `write “${near}” instead`;
}

/** Whether more is asked than that it is there. */
function looksInto(condition: ConditionSchema, path: string): boolean {
  const { properties = {}, not, allOf = [], anyOf = [], oneOf = [] } = condition;
  const [name = '', ...rest] = path.split('/');
  const inner = properties[name];
  const own = typeof inner === 'object' && (rest.length === 0 || looksInto(inner, rest.join('/')));
  return own || [...(not === undefined ? [] : [not]), ...allOf, ...anyOf, ...oneOf].some((one) => looksInto(one, path));
}

function isSecret(object: ObjectSchema, [name = '', ...rest]: readonly string[]): boolean {
  const layers = possibleFields(object).find((one) => one.name === name)?.layers ?? [];
  return rest.length === 0 ? layers.some(({ writeOnly }) => writeOnly) : layers.some((layer) => isSecret(layer, rest));
}
