import type { DocumentPath, DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { messageOf } from '../shared/index.js';
import { circleProblems } from './check-circles.js';
import { conditionProblems } from './check-conditions.js';
import { defaultExpressionProblems } from './check-default-expressions.js';
import { parameterFaults } from './check-parameter.js';
import { sampleFaults } from './check-samples.js';
import type { Expressions } from './expressions.js';
import { branchesOf, merged } from './parameter-layers.js';
import { type ResolvedParameters, resolveRefs } from './parameter-refs.js';
import type { ObjectSchema, ParametersSchema, PartialParameter } from './parameter-schema.js';
import { compileValidator } from './parameter-validator.js';

/** Something wrong with a schema: beneath which of its keywords, what, and what to write instead. */
export interface Fault {
  readonly at: DocumentPath;
  readonly message: string;
  readonly remedy: string;
  readonly severity?: DocumentProblem['severity'];
}

/** What the walk knows about where it is. */
export interface Surroundings {
  readonly parameters: ParametersSchema;
  readonly resolved: ResolvedParameters;
  /** How many objects there are around this one. */
  readonly depth: number;
  /** Within an entry of a list. */
  readonly inEntry: boolean;
}

/** What is wrong with an item's parameters beyond their shape: patterns, defaults, conditions, things no form can ask for. */
export function parametersProblems(
  document: YamlDocument,
  parameters: ParametersSchema,
  expressions: Expressions,
): DocumentProblem[] {
  const resolved = resolveRefs(parameters);
  const say = ({ at, message, remedy, severity }: Fault): DocumentProblem =>
    document.problem(at, message, remedy, severity);
  const dangling = resolved.faults.map(({ path, message, remedy }) => say({ at: path, message, remedy }));
  if (dangling.length > 0) return dangling;
  const { schema } = resolved;
  const faults = objectFaults(schema, { parameters: schema, resolved, depth: 0, inEntry: false });
  const problems = unique(faults.map(say));
  if (problems.some(({ severity }) => severity === 'error')) return problems;
  const meaning = [...circleProblems(resolved).map(say), ...defaultExpressionProblems(document, resolved, expressions)];
  return [...problems, ...unique(meaning), ...compileProblems(document, parameters)];
}

/** A definition that is used in several places is wrong only once. */
function unique(problems: readonly DocumentProblem[]): DocumentProblem[] {
  const byPlace = new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem]));
  return [...byPlace.values()];
}

function objectFaults(object: ObjectSchema, around: Surroundings): Fault[] {
  const own = object.properties ?? {};
  const branches = branchesOf(object);
  return [
    ...conditionProblems(object, around),
    ...branches.flatMap((branch) =>
      Object.entries(branch.properties ?? {}).flatMap(([name, schema]) => {
        if (schema === false) return [];
        const base = branch === object || !Object.hasOwn(own, name) ? undefined : own[name];
        return fieldFaults(name, schema, base, around);
      }),
    ),
  ];
}

function fieldFaults(
  name: string,
  schema: PartialParameter,
  base: PartialParameter | undefined,
  around: Surroundings,
): Fault[] {
  const faults = parameterFaults(schema, base, around);
  if (faults.length > 0) return faults;
  const whole = base === undefined ? schema : merged([base, schema]);
  const inside = { ...around, depth: around.depth + 1 };
  return [
    ...sampleFaults(name, schema, whole, (...keys) => around.resolved.pathOf(schema, ...keys)),
    ...(schema.type === 'object' ? objectFaults(schema, inside) : []),
    ...(schema.items?.type === 'object' ? objectFaults(schema.items, { ...inside, inEntry: true }) : []),
  ];
}

function compileProblems(document: YamlDocument, parameters: ParametersSchema): DocumentProblem[] {
  try {
    compileValidator(parameters);
    return [];
  } catch (error) {
    return [document.problem(['parameters'], `this is no valid JSON Schema: ${messageOf(error)}`, 'mend the schema')];
  }
}
