import type { Environment, RegisterVariableDeclaration } from '@marcbachmann/cel-js';
import { celEnvironment, toCel } from '../../catalog/index.js';
import type { Json } from '../../shared/index.js';
import type { RuleFacts } from './rule-facts.js';
import { ELEMENT_FIELDS, ELEMENTS, type ElementType, VARIABLES } from './rule-fields.js';

/** Far more than a rule that people can read; small enough to be judged in no time. */
export const RULE_LIMITS = { maxAstNodes: 300, maxDepth: 30, maxListElements: 60, maxMapEntries: 20 };

/** CEL tells what lists hold apart by its class. */
class Change {
  declare readonly kind: string;
}
class Quota {
  declare readonly unit: string;
}
class Incident {
  declare readonly severity: string;
}
const CLASSES: Readonly<Record<ElementType, new () => object>> = { Change, Quota, Incident };

/** CEL that knows every field of the facts and its type, and nothing else. */
export function ruleEnvironment(): Environment {
  const environment = celEnvironment(false, RULE_LIMITS);
  for (const name of ELEMENTS)
    environment.registerType({ name, ctor: CLASSES[name], schema: { ...ELEMENT_FIELDS[name] } });
  for (const [name, type] of Object.entries(VARIABLES)) {
    if (typeof type === 'string') environment.registerVariable(name, type);
    else environment.registerVariable({ name, schema: { ...type } } as RegisterVariableDeclaration);
  }
  return environment;
}

/** The facts as that environment wants them. */
export function celFacts(facts: RuleFacts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(VARIABLES).map(([name, type]) => [name, celValue(Reflect.get(facts, name), type)]),
  );
}

function celValue(value: unknown, type: string | Readonly<Record<string, string>>): unknown {
  if (typeof type !== 'string') return celFields(value as object, type);
  const element = ELEMENTS.find((name) => type === `list<${name}>`);
  if (element !== undefined)
    return (value as object[]).map((one) =>
      Object.assign(new CLASSES[element](), celFields(one, ELEMENT_FIELDS[element])),
    );
  if (type === 'google.protobuf.Timestamp') return new Date(value as string);
  if (type === 'double') return value;
  return toCel(value as Json);
}

function celFields(value: object, types: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, celValue(inner, types[name] ?? 'dyn')]),
  );
}
