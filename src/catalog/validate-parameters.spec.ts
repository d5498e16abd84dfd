import fc from 'fast-check';
import { formFields } from './form-fields.js';
import type { ParametersSchema } from './parameter-schema.js';
import { validateParameters } from './validate-parameters.js';

const parameters: ParametersSchema = {
  type: 'object',
  required: ['name', 'size'],
  additionalProperties: false,
  properties: {
    name: {
      type: 'string',
      title: 'Name',
      pattern: '^[a-z][a-z0-9_]{2,40}$',
      'x-pattern-hint': 'Name: use lower-case letters.',
      examples: ['orders'],
    },
    size: {
      type: 'string',
      default: 'small',
      oneOf: [
        { const: 'small', title: 'Small' },
        { const: 'large', title: 'Large' },
      ],
    },
    count: { type: 'integer', minimum: 1, maximum: 9 },
    ratio: { type: 'number', exclusiveMinimum: 0 },
    flag: { type: 'boolean', default: false },
    tags: {
      type: 'array',
      default: [],
      uniqueItems: true,
      items: { type: 'string', enum: ['a', 'b'], 'x-enum-titles': { a: 'First' } },
    },
    until: { type: 'string', format: 'date' },
    owner: { type: 'string', format: 'slack-user' },
    helpers: { type: 'array', items: { type: 'string', format: 'slack-user' }, maxItems: 2 },
    room: { type: 'string', format: 'slack-channel' },
    mail: { type: 'string', format: 'email' },
    apiToken: { type: 'string', minLength: 8, 'x-multiline': true },
    evil: { type: 'string', pattern: '^(a+)+$' },
  },
};
const item = { parameters };
const check = (raw: unknown) => validateParameters(item, raw);
const errorsOf = (raw: unknown): unknown => {
  const result = check(raw);
  return result.ok ? [] : result.errors;
};

describe('checking what a person entered', () => {
  it('fills in defaults and leaves empty fields out', () => {
    expect(check({ name: 'orders', size: '', count: null, until: '' })).toEqual({
      ok: true,
      value: { name: 'orders', size: 'small', flag: false, tags: [] },
    });
  });

  it('turns the text of Slack’s inputs into the types of the schema', () => {
    expect(check({ name: ' orders ', size: 'large', count: '5', ratio: '0.5', flag: 'true', tags: ['a'] })).toEqual({
      ok: true,
      value: { name: 'orders', size: 'large', count: 5, ratio: 0.5, flag: true, tags: ['a'] },
    });
  });

  it.each([
    [{ size: 'small' }, 'name', 'Name is missing. Please fill it in.'],
    [{ name: 'Orders' }, 'name', 'Name: use lower-case letters.'],
    [{ name: 'orders', size: 'huge' }, 'size', 'Size must be one of: Small, Large.'],
    [{ name: 'orders', count: '0' }, 'count', 'Count must be at least 1.'],
    [{ name: 'orders', count: '10' }, 'count', 'Count must be at most 9.'],
    [{ name: 'orders', count: '1.5' }, 'count', 'Count must be a whole number.'],
    [{ name: 'orders', count: 'many' }, 'count', 'Count must be a whole number.'],
    [{ name: 'orders', ratio: 0 }, 'ratio', 'Ratio must be more than 0.'],
    [{ name: 'orders', flag: 'maybe' }, 'flag', 'Flag must be yes or no.'],
    [{ name: 'orders', tags: ['c'] }, 'tags', 'Tags must be one of: First, b.'],
    [{ name: 'orders', tags: ['a', 'a'] }, 'tags', 'Tags names something twice.'],
    [{ name: 'orders', until: '2026-02-30' }, 'until', 'Until must be a date, like 2026-12-31.'],
    [{ name: 'orders', owner: '<@U123>' }, 'owner', 'Owner must be a person of this workspace.'],
    [{ name: 'orders', helpers: ['U001', 'nobody'] }, 'helpers', 'Helpers must be a person of this workspace.'],
    [{ name: 'orders', room: 'general' }, 'room', 'Room must be a channel of this workspace.'],
    [{ name: 'orders', mail: 'x' }, 'mail', 'Mail must be an e-mail address.'],
  ])('answers %j with a sentence at the field', (raw, field, message) => {
    expect(errorsOf(raw)).toEqual([{ field, message }]);
  });

  it('gives one sentence for each field that is wrong, in the order of the form', () => {
    expect(errorsOf({ name: '1', count: 'x', mail: 'x' })).toEqual([
      expect.objectContaining({ field: 'name' }),
      expect.objectContaining({ field: 'count' }),
      expect.objectContaining({ field: 'mail' }),
    ]);
  });

  it.each([
    "x'; drop table requests; --",
    'a"b',
    '<!channel>',
    '*bold*',
    '../../etc',
    'orders\u202e',
    'оrders',
    'orders\nx',
    'a'.repeat(5000),
  ])('refuses the name %j', (name) => {
    expect(check({ name })).toMatchObject({ ok: false, errors: [{ field: 'name' }] });
  });

  it('never repeats a value in a sentence', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{6,7}$/), (secret) => {
        const said = JSON.stringify(
          errorsOf({
            name: secret,
            size: secret,
            count: secret,
            flag: secret,
            tags: [secret],
            mail: secret,
            apiToken: secret,
            [secret]: secret,
          }),
        );
        expect(said).not.toContain(secret);
      }),
    );
  });

  it.each([
    ['an unknown field', { name: 'orders', admin: true }],
    ['__proto__', JSON.parse('{"name":"orders","__proto__":{"flag":true}}')],
    ['constructor', { name: 'orders', constructor: { prototype: {} } }],
    ['toString', { name: 'orders', toString: 'x' }],
    ['a poisoned value', { name: 'orders', tags: [JSON.parse('{"__proto__":1}')] }],
    ['no form at all', null],
    ['a list', ['name']],
    ['text', 'name=orders'],
    ['a value JSON does not know', { name: 'orders', count: () => 1 }],
  ])('refuses %s', (_what, raw) => {
    expect(check(raw).ok).toBe(false);
    expect(({} as Record<string, unknown>).flag).toBeUndefined();
  });

  it('takes no longer for a pattern that would backtrack: it answers at all', () => {
    expect(errorsOf({ name: 'orders', evil: `${'a'.repeat(3000)}!` })).toEqual([
      expect.objectContaining({ field: 'evil' }),
    ]);
  });

  it('never throws, whatever comes in', () => {
    fc.assert(fc.property(fc.anything(), (raw) => typeof check(raw).ok === 'boolean'));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(parameters.properties)), fc.anything()),
        (raw) => typeof check(raw).ok === 'boolean',
      ),
    );
  });
});

describe('the form of a schema', () => {
  it('has a field for each parameter, in order, with what the form needs', () => {
    expect(formFields(item).map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      'name: text',
      'size: enum',
      'count: number',
      'ratio: number',
      'flag: boolean',
      'tags: multi-enum',
      'until: date',
      'owner: person',
      'helpers: people',
      'room: channel',
      'mail: email',
      'apiToken: multiline',
      'evil: text',
    ]);
    expect(formFields(item)[0]).toEqual({
      name: 'name',
      label: 'Name',
      kind: 'text',
      required: true,
      placeholder: 'orders',
      pattern: '^[a-z][a-z0-9_]{2,40}$',
    });
    expect(formFields(item)[1]).toEqual({
      name: 'size',
      label: 'Size',
      kind: 'enum',
      required: true,
      default: 'small',
      options: [
        { value: 'small', title: 'Small' },
        { value: 'large', title: 'Large' },
      ],
    });
    expect(formFields(item)[2]).toMatchObject({ min: 1, max: 9, integer: true, required: false });
    expect(formFields(item)[5]).toMatchObject({
      options: [
        { value: 'a', title: 'First' },
        { value: 'b', title: 'b' },
      ],
      default: [],
    });
    expect(formFields(item)[11]).toMatchObject({ label: 'Api token', min: 8 });
  });
});
