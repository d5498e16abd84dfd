import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { holdsExpression } from './expression-template.js';
import type { Expressions, KnownScope } from './expressions.js';
import { parameterTypes } from './known-scope.js';
import { branchesOf } from './parameter-layers.js';
import type { ResolvedParameters } from './parameter-refs.js';
import type { ObjectSchema, ParameterType, PartialParameter } from './parameter-schema.js';

/** `user.*` and `request.*` in default expressions. */
const WHO: KnownScope = {
  user: { name: 'string', email: 'string', timezone: 'string' },
  request: { team: 'string', environment: 'string', requesterId: 'string' },
};
const EXPECTED: Partial<Record<ParameterType, string>> = { integer: 'int', boolean: 'bool' };

/** `x-default`s that are no valid expression, speak of what is not there, or give another type than the field's. */
export function defaultExpressionProblems(
  document: YamlDocument,
  resolved: ResolvedParameters,
  expressions: Expressions,
): DocumentProblem[] {
  // A default may lean on any field: while that is empty, there simply is no default yet.
  const known = { ...WHO, params: certain(parameterTypes(resolved.schema)) };
  return [...defaultsIn(resolved.schema)].flatMap((parameter) => {
    const template = parameter['x-default'] ?? '';
    const at = resolved.pathOf(parameter, 'x-default');
    if (!holdsExpression(template))
      return [document.problem(at, 'this holds no ${{ expression }}', 'write it as default instead')];
    const expected = EXPECTED[parameter.type ?? 'string'];
    return expressions
      .problems(template, known, expected)
      .map(({ expression, offset, message }) =>
        document.problemInText(
          at,
          expression,
          offset,
          `the default’s expression is wrong: ${message}`,
          'use params.<field>, request.team, request.environment, request.requesterId, user.name, user.email or user.timezone',
        ),
      );
  });
}

function* defaultsIn(object: ObjectSchema): Generator<PartialParameter> {
  for (const branch of branchesOf(object))
    for (const schema of Object.values(branch.properties ?? {})) {
      if (schema === false) continue;
      if (schema['x-default'] !== undefined) yield schema;
      yield* defaultsIn(schema);
      if (schema.items !== undefined) yield* defaultsIn(schema.items);
    }
}

function certain(known: KnownScope): KnownScope {
  return Object.fromEntries(
    Object.entries(known).map(([name, type]) => [
      name,
      typeof type === 'string' ? type.replace(/\?$/, '') : certain(type),
    ]),
  );
}
