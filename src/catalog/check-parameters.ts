import type { DocumentProblem, YamlDocument } from '../platform/documents/index.js';
import { messageOf } from '../shared/index.js';
import { optionsOf } from './form-fields.js';
import { LinearPattern } from './linear-pattern.js';
import type { ParameterSchema, ParametersSchema } from './parameter-schema.js';
import { compileValidator, runValidator } from './parameter-validator.js';

/** What is wrong with an item's parameters beyond their shape: patterns, defaults, things no form can ask for. */
export function parametersProblems(document: YamlDocument, parameters: ParametersSchema): DocumentProblem[] {
  const problems = [
    ...requiredProblems(document, parameters),
    ...Object.entries(parameters.properties).flatMap(([name, schema]) => propertyProblems(document, name, schema)),
  ];
  if (problems.length > 0) return problems;
  try {
    compileValidator(parameters);
    return [];
  } catch (error) {
    return [document.problem(['parameters'], `this is no valid JSON Schema: ${messageOf(error)}`, 'mend the schema')];
  }
}

function requiredProblems(document: YamlDocument, parameters: ParametersSchema): DocumentProblem[] {
  return parameters.required.flatMap((name, index) =>
    Object.hasOwn(parameters.properties, name)
      ? []
      : [
          document.problem(
            ['parameters', 'required', index],
            `“${name}” is required but not among the properties`,
            'write a property of that name, or remove it here',
          ),
        ],
  );
}

function propertyProblems(document: YamlDocument, name: string, schema: ParameterSchema): DocumentProblem[] {
  const path = ['parameters', 'properties', name];
  const patterns = [
    { at: [...path, 'pattern'], pattern: schema.pattern },
    { at: [...path, 'items', 'pattern'], pattern: schema.items?.pattern },
  ];
  const broken = patterns.flatMap(({ at, pattern }) => {
    const why = pattern === undefined ? undefined : patternFault(pattern);
    return why === undefined
      ? []
      : [
          document.problem(
            at,
            `the pattern cannot be used: ${why}`,
            'write it in RE2 syntax, without look-around and back-references',
          ),
        ];
  });
  if (broken.length > 0) return broken;
  if (schema.type === 'array' && !canBeAsked(schema)) {
    return [
      document.problem(
        [...path, 'items'],
        'a list needs items with enum or oneOf, or with format slack-user, so that a form can ask for it',
        'write items with an enum',
      ),
    ];
  }
  return [...optionProblems(document, path, schema), ...defaultProblems(document, path, name, schema)];
}

function patternFault(pattern: string): string | undefined {
  try {
    new LinearPattern(pattern);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function canBeAsked(schema: ParameterSchema): boolean {
  return optionsOf(schema.items) !== undefined || schema.items?.format === 'slack-user';
}

function optionProblems(document: YamlDocument, path: readonly string[], schema: ParameterSchema): DocumentProblem[] {
  const choices = schema.type === 'array' ? schema.items : schema;
  const at = schema.type === 'array' ? [...path, 'items'] : path;
  const wanted = choices?.type === 'integer' ? 'number' : choices?.type;
  const values = choices?.enum ?? choices?.oneOf?.map((option) => option.const) ?? [];
  const wrong = values.findIndex((value) => typeof value !== wanted);
  if (wrong === -1) return [];
  const key = choices?.enum === undefined ? 'oneOf' : 'enum';
  return [
    document.problem(
      [...at, key, wrong],
      `this option is not of the type ${choices?.type ?? ''}`,
      'write it in quotes if it is text, without if it is a number',
    ),
  ];
}

function defaultProblems(
  document: YamlDocument,
  path: readonly string[],
  name: string,
  schema: ParameterSchema,
): DocumentProblem[] {
  const samples = [
    { at: [...path, 'default'], value: schema.default },
    ...(schema.examples ?? []).map((value, index) => ({ at: [...path, 'examples', index], value })),
  ];
  try {
    const alone: ParametersSchema = {
      type: 'object',
      required: [],
      properties: { [name]: schema },
      additionalProperties: false,
    };
    return samples.flatMap(({ at, value }) => {
      const [error] = value === undefined ? [] : runValidator(alone, { [name]: value });
      return error === undefined
        ? []
        : [
            document.problem(
              at,
              `this value does not fit its own schema: it ${error.message ?? 'is not valid'}`,
              'write a value that fits',
            ),
          ];
    });
  } catch (error) {
    return [document.problem(path, `this is no valid JSON Schema: ${messageOf(error)}`, 'mend the schema')];
  }
}
