import { formatProblem, schemaProblems, YamlDocument } from '../platform/documents/index.js';
import { parametersProblems } from './check-parameters.js';
import { Expressions } from './expressions.js';
import { parametersParser } from './parameters-parser.js';

const expressions = new Expressions();

function problemsIn(parameters: string): string[] {
  const indented = parameters.trim().replaceAll(/^/gm, '  ');
  const read = YamlDocument.read(`parameters:\n${indented}\n`, 'x.yaml');
  if (!read.ok) return read.problems.map(formatProblem);
  const parsed = parametersParser.safeParse((read.document.value as { parameters: unknown }).parameters);
  const found = parsed.success
    ? parametersProblems(read.document, parsed.data, expressions)
    : schemaProblems(read.document, parsed.error.issues, ['parameters']);
  return found.map((problem) => `${problem.severity === 'warning' ? 'warning ' : ''}${formatProblem(problem)}`);
}

describe('what a form can ask for', () => {
  it('is all of this', () => {
    expect(
      problemsIn(`
$defs:
  port: { type: integer, minimum: 1, maximum: 65535 }
  rule:
    type: object
    required: [port]
    properties:
      port: { $ref: "#/$defs/port", title: Port }
      hosts: { type: array, items: { type: string, format: ipv4 } }
required: [name, kind]
properties:
  name: { type: string, pattern: "^[a-z]+$", examples: [orders] }
  kind: { type: string, oneOf: [{ const: public, title: Public }, { const: private }], default: private }
  id: { type: string, format: uuid, x-default: "\${{ params.name }}" }
  fixed: { const: tcp, type: string }
  at: { type: string, format: time, default: "14:30" }
  when: { type: string, format: date-time, x-page: When }
  ratio: { type: number, multipleOf: 0.1, exclusiveMinimum: 0 }
  network: { type: object, properties: { cidr: { type: string }, mtu: { type: integer, default: 1500 } } }
  rules: { type: array, items: { $ref: "#/$defs/rule" }, maxItems: 5 }
  tags: { type: array, items: { type: string, enum: [a, b] }, default: [a], uniqueItems: true }
  size: { type: integer }
allOf:
  - if: { properties: { kind: { const: public } } }
    then: { required: [size], properties: { domain: { type: string, format: hostname }, size: { maximum: 3 } } }
    else: { properties: { ratio: false } }
dependentRequired: { size: [ratio] }
dependentSchemas: { tags: { properties: { why: { type: string } } } }
`),
    ).toEqual([]);
  });

  it.each([
    [
      'a field without a type',
      'properties: { a: { title: A } }',
      /^x\.yaml:2:20: this parameter has no type; write type: string/,
    ],
    [
      'anyOf',
      'properties: { a: { type: string, anyOf: [{ maxLength: 3 }] } }',
      /^x\.yaml:2:43: no form can ask for “anyOf”; write the fields out/,
    ],
    [
      'patternProperties',
      'patternProperties: { "^x": { type: string } }',
      /^x\.yaml:2:22: no form can ask for “patternProperties”; /,
    ],
    [
      'not, outside of a condition',
      'properties: { a: { type: string } }\nnot: { required: [a] }',
      /no form can ask for “not”; .*inside of an if/,
    ],
    [
      'prefixItems',
      'properties: { a: { type: array, items: { type: string }, prefixItems: [] } }',
      /“prefixItems”; write an object/,
    ],
    [
      'null as a type',
      'properties: { a: { type: "null" } }',
      /^x\.yaml:2:28: parameters\.properties\.a\.type is not one of the allowed values; write one of string, integer/,
    ],
    ['two types', 'properties: { a: { type: [string, integer] } }', /parameters\.properties\.a\.type/],
    [
      'open objects',
      'properties: { a: { type: object, properties: { b: { type: string } }, additionalProperties: true } }',
      /additionalProperties/,
    ],
    [
      'an object without properties',
      'properties: { a: { type: object } }',
      /has nothing to ask for; write its properties/,
    ],
    ['a list of nothing', 'properties: { a: { type: array } }', /does not say what is in it/],
    [
      'a list of lists',
      'properties: { a: { type: array, items: { type: array, items: { type: string } } } }',
      /a list of the type array/,
    ],
    [
      'lists of objects in lists of objects',
      'properties: { a: { type: array, items: { type: object, properties: { b: { type: array, items: { type: object, properties: { c: { type: string } } } } } } } }',
      /more than a form can ask for/,
    ],
    [
      'too many entries',
      'properties: { a: { type: array, maxItems: 50, items: { type: object, properties: { c: { type: string } } } } }',
      /each entry is a page of the form.*; write at most 20/,
    ],
    [
      'objects that go too deep',
      `properties: { a: ${'{ type: object, properties: { b: '.repeat(5)}{ type: string }${' } }'.repeat(5)} }`,
      /deeper than 4 levels/,
    ],
    [
      'a keyword of another type',
      'properties: { a: { type: string, minimum: 3 } }',
      /^x\.yaml:2:45: “minimum” means nothing for the type string; remove it, or write type: integer or number/,
    ],
    [
      'a definition that is not there',
      'properties: { a: { $ref: "#/$defs/prot" } }\n$defs: { port: { type: integer } }',
      /^x\.yaml:2:28: “#\/\$defs\/prot” leads nowhere.*; write #\/\$defs\/port/,
    ],
    ['another file', 'properties: { a: { $ref: "other.yaml#/x" } }', /leads nowhere: only definitions of this file/],
    [
      'a definition that refers to itself',
      'properties: { a: { $ref: "#/$defs/tree" } }\n$defs: { tree: { type: object, properties: { left: { $ref: "#/$defs/tree" } } } }',
      /^x\.yaml:3:62: “tree” refers to itself \(tree → tree\)/,
    ],
    [
      'definitions that explode',
      `properties: { a: { $ref: "#/$defs/d0" } }\n$defs:\n${Array.from({ length: 12 }, (_, n) => `  d${n}: { type: object, properties: { a: { $ref: "#/$defs/d${n + 1}" }, b: { $ref: "#/$defs/d${n + 1}" }, c: { $ref: "#/$defs/d${n + 1}" } } }`).join('\n')}\n  d12: { type: string }`,
      /expand to far too many fields/,
    ],
    [
      'a fault inside of a definition, once and where it is',
      'properties: { a: { $ref: "#/$defs/d" }, b: { $ref: "#/$defs/d" } }\n$defs: { d: { type: string, pattern: "(" } }',
      /^x\.yaml:3:40: the pattern cannot be used/,
    ],
    ['two defaults', 'properties: { a: { type: string, default: x, x-default: "${{ user.name }}" } }', /two defaults/],
    ['an option twice', 'properties: { a: { type: string, enum: [x, x] } }', /an option is there twice/],
    [
      'a page within a page',
      'properties: { a: { type: object, properties: { b: { type: string, x-page: B } } } }',
      /is a page already/,
    ],
  ])('is not %s', (_what, parameters, message) => {
    const problems = problemsIn(parameters);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });
});

describe('conditions', () => {
  const fields = 'properties: { a: { type: string }, b: { type: string }, c: { type: integer, default: 1 } }';

  it.each([
    ['then without if', 'then: { required: [a] }', /there is no “if” for this “then”/],
    ['if without a branch', 'if: { required: [a] }', /this condition decides nothing; write then or else/],
    [
      'a field that is not there',
      'if: { properties: { cc: { const: 1 } } }\nthen: { required: [a] }',
      /looks at “cc”, which is no field here; write “c” instead/,
    ],
    [
      'a required field that is not there',
      'if: { required: [a] }\nthen: { required: [bb] }',
      /^x\.yaml:4:22: “bb” is required but not among the properties; write “b” instead/,
    ],
    ['a dependency that is not there', 'dependentRequired: { a: [x] }', /there is no field “x”/],
    [
      'a pattern that backtracks',
      'if: { properties: { a: { pattern: "(?=x)" } }, required: [a] }\nthen: { required: [b] }',
      /the condition cannot be used/,
    ],
    [
      'a branch that changes a type',
      'if: { required: [a] }\nthen: { properties: { b: { type: integer } } }',
      /the object itself says that this is of the type string/,
    ],
    [
      'a branch without a type',
      'if: { required: [a] }\nthen: { properties: { d: { maxLength: 3 } } }',
      /this parameter has no type/,
    ],
    [
      'fields that decide on each other',
      'allOf:\n  - if: { required: [a] }\n    then: { properties: { b: false } }\n  - if: { required: [b] }\n    then: { properties: { a: false } }',
      /depend on each other in a circle: \w → \w → \w/,
    ],
    ['a field that decides on itself', 'if: { required: [a] }\nthen: { properties: { a: false } }', /circle: a → a/],
  ])('are refused for %s', (_what, condition, message) => {
    expect(problemsIn(`${fields}\n${condition}`)).toEqual([expect.stringMatching(message)]);
  });

  it('are warned of when they hold for an empty field', () => {
    expect(problemsIn(`${fields}\nif: { properties: { a: { const: x } } }\nthen: { required: [b] }`)).toEqual([
      expect.stringMatching(/^warning x\.yaml:3:7: this condition also holds while a is empty; write required: \[a\]/),
    ]);
    expect(problemsIn(`${fields}\nif: { properties: { c: { const: 2 } } }\nthen: { required: [b] }`)).toEqual([]);
  });
});

describe('defaults by expression', () => {
  const withDefault = (type: string, template: string): string[] =>
    problemsIn(
      `properties: { a: { type: ${type}, x-default: "${template}" }, b: { type: string }, c: { type: integer } }`,
    );

  it.each([
    ['string', '${{ params.b }}-${{ request.team }}', []],
    ['integer', '${{ params.c * 2 }}', []],
    ['string', 'plain', [/holds no \$\{\{ expression \}\}; write it as default/]],
    ['string', '${{ params.bb }}', [/^x\.yaml:2:\d+: the default’s expression is wrong: No such key: bb; use params/]],
    ['string', '${{ env.HOME }}', [/Unknown variable: env/]],
    ['integer', '${{ params.b }}', [/it gives string, not int/]],
    ['string', '${{ params.a }}', [/circle: a → a/]],
    ['string', '${{ params.b', [/never closed/]],
  ])('for a %s: %s', (type, template, messages) => {
    expect(withDefault(type, template)).toEqual(messages.map((message) => expect.stringMatching(message)));
  });

  it('may not go in a circle over a condition either', () => {
    expect(
      problemsIn(`
properties: { a: { type: string, x-default: "\${{ params.b }}" } }
if: { required: [a] }
then: { properties: { b: { type: string } } }`),
    ).toEqual([expect.stringMatching(/circle/)]);
  });
});
