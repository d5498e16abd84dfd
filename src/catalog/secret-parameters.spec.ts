import { formatProblem, YamlDocument } from '../platform/documents/index.js';
import { EXAMPLE_SECRET } from '../secrets/index.js';
import { parametersProblems } from './check-parameters.js';
import { Expressions } from './expressions.js';
import { TypedForm } from './form-entered.js';
import { formOf } from './form-model.js';
import { typedAfter } from './form-reading.js';
import { parametersParser } from './parameters-parser.js';
import { exampleSecrets, secretParameter, secretParameters, secretProblem } from './secret-parameters.js';
import { validateParameters } from './validate-parameters.js';

const REF = 'kv:typed/int-12345678/int-abcdefgh#1';
const expressions = new Expressions();

function problemsIn(properties: string, more = ''): string[] {
  const read = YamlDocument.read(
    `parameters:\n  properties:\n${properties.replaceAll(/^/gm, '    ')}\n${more}`,
    'x.yaml',
  );
  if (!read.ok) return read.problems.map(formatProblem);
  const { parameters } = read.document.value as { parameters: unknown };
  return parametersProblems(read.document, parametersParser.parse(parameters), expressions).map(formatProblem);
}

const item = {
  parameters: parametersParser.parse({
    $defs: { key: { type: 'string', writeOnly: true, 'x-multiline': true, title: 'Key' } },
    required: ['token'],
    properties: {
      token: { type: 'string', title: 'API token', writeOnly: true, minLength: 8, pattern: '^t-' },
      login: { type: 'object', properties: { user: { type: 'string' }, key: { $ref: '#/$defs/key' } } },
    },
    allOf: [
      {
        if: {
          properties: { login: { properties: { user: { const: 'root' } }, required: ['user'] } },
          required: ['login'],
        },
        then: { properties: { pin: { type: 'string', writeOnly: true } } },
      },
    ],
  }),
};

describe('what can be said of a secret', () => {
  it('is what can be checked when it is given', () => {
    expect(
      problemsIn(
        'token: { type: string, writeOnly: true, minLength: 8, maxLength: 90, pattern: "^t-", x-multiline: true }',
      ),
    ).toEqual([]);
  });

  it.each([
    ['token: { type: integer, writeOnly: true }', 'means nothing for the type integer'],
    ['token: { type: string, writeOnly: true, default: abc }', '“default” means nothing for a secret'],
    ['token: { type: string, writeOnly: true, examples: [abc] }', '“examples” means nothing for a secret'],
    ['token: { type: string, writeOnly: true, enum: [a, b] }', '“enum” means nothing for a secret'],
    ['token: { type: string, writeOnly: true, format: email }', '“format” means nothing for a secret'],
    ['tokens: { type: array, items: { type: string, writeOnly: true } }', 'a list of secrets'],
    [
      'rules: { type: array, items: { type: object, properties: { token: { type: string, writeOnly: true } } } }',
      'cannot stand in an entry of a list',
    ],
  ])('is not: %s', (properties, why) => {
    expect(problemsIn(properties)).toEqual([expect.stringContaining(why)]);
  });

  it('is not what a branch refines, or a condition looks into; whether it was given may be asked', () => {
    const properties = 'token: { type: string, writeOnly: true }\nname: { type: string }';
    const branch = (condition: string, then: string): string[] =>
      problemsIn(properties, `  allOf: [{ if: ${condition}, then: ${then} }]\n`);
    const named = '{ required: [name] }';
    expect(branch(named, '{ properties: { token: { minLength: 4 } } }')).toEqual([
      expect.stringContaining('a branch cannot refine a secret'),
    ]);
    expect(branch(named, '{ properties: { name: { writeOnly: true } } }')).toEqual([
      expect.stringContaining('a branch cannot make a field a secret'),
    ]);
    expect(branch('{ properties: { token: { const: abc } }, required: [token] }', '{ required: [name] }')).toEqual([
      expect.stringContaining('looks into “token”, which is a secret'),
    ]);
    expect(branch('{ required: [token] }', '{ required: [name] }')).toEqual([]);
    expect(branch(named, '{ required: [token] }')).toEqual([]);
  });
});

describe('a secret parameter', () => {
  it('is found wherever it is', () => {
    expect(secretParameters(item).map(({ path, isAlways }) => [path, isAlways])).toEqual([
      ['token', true],
      ['login/key', false],
      ['pin', false],
    ]);
    expect(secretParameter(item, 'login/key')).toMatchObject({ label: 'Key', isMultiline: true, hint: null });
    expect(secretParameter(item, 'login/user')).toBeUndefined();
    expect(exampleSecrets(item)).toEqual({ token: EXAMPLE_SECRET });
  });

  it('takes a reference and nothing else, whatever is said of its value', () => {
    expect(validateParameters(item, { token: REF, login: { key: REF } })).toMatchObject({ ok: true });
    expect(validateParameters(item, { token: EXAMPLE_SECRET })).toMatchObject({ ok: true });
    for (const wrong of ['t-a-real-token', 'kv:res-1/app#1', 'kv:typed/../app#1', `x${REF}`, 7])
      expect(validateParameters(item, { token: wrong })).toEqual({
        ok: false,
        errors: [{ field: 'token', message: expect.stringContaining('API token is not something that was given.') }],
      });
    expect(validateParameters(item, {})).toEqual({
      ok: false,
      errors: [
        {
          field: 'token',
          message: 'API token is missing. Press “Give it” to type it on a page of its own, not in Slack.',
        },
      ],
    });
  });

  it('is checked on its page by what the schema says of its value, in words that never repeat it', () => {
    expect(secretProblem(item, 'token', 't-1234567')).toBeNull();
    expect(secretProblem(item, 'token', 't-1')).toBe('API token is too short: use at least 8 characters.');
    expect(secretProblem(item, 'token', 'hunter2-hunter2')).toBe('API token does not have the right form.');
    expect(secretProblem(item, 'token', ' \n')).toBe('Nothing was typed yet.');
    expect(secretProblem(item, 'login/key', 'a\nb\n')).toBeNull();
    expect(secretProblem(item, 'gone', 'x')).toContain('does not ask for this any more');
  });

  it('is never taken from what comes from Slack', () => {
    const context = {
      user: { name: 'Ada', email: 'ada@quartermaster.test', timezone: 'UTC' },
      request: { team: 'payments', environment: 'staging', requesterId: 'U0ADA' },
    };
    const form = formOf({ item, typed: new TypedForm({ token: REF }), context, expressions });
    const after = typedAfter(new TypedForm({ token: REF }), form, [
      { path: 'token', variant: undefined, value: 'kv:typed/forged#1' },
    ]);
    expect(after.given('token')).toBe(REF);
    expect(form.parameters).toEqual({ token: REF });
  });
});
