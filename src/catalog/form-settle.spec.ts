import { Expressions } from './expressions.js';
import { type Entered, EnteredJson, TypedForm } from './form-entered.js';
import { type FormContext, type Settled, settle } from './form-settle.js';
import type { ParametersSchema } from './parameter-schema.js';
import { parametersParser } from './parameters-parser.js';
import { validateParameters } from './validate-parameters.js';

const expressions = new Expressions();
const context: FormContext = {
  user: { name: 'Ada', email: 'ada.lovelace@quartermaster.test', timezone: 'Europe/London' },
  request: { team: 'payments', environment: 'staging', requesterId: 'U0ADA' },
};
const parametersOf = (written: object): ParametersSchema => parametersParser.parse(written);
const settled = (parameters: ParametersSchema, entered: Entered): Settled =>
  settle({ parameters, entered, context, expressions });
const typed = (
  values: Record<string, never> | Record<string, string | number | boolean | string[] | null>,
): TypedForm => new TypedForm(values);
const names = ({ fields }: Settled): string[] => fields.map(({ name }) => name);

describe('fields that depend on others', () => {
  const parameters = parametersOf({
    required: ['provider'],
    properties: { provider: { type: 'string', enum: ['aws', 'gcp'] }, notes: { type: 'string' } },
    allOf: [
      {
        if: { properties: { provider: { const: 'aws' } } },
        then: {
          properties: { region: { type: 'string', enum: ['eu-west-1'] }, public: { type: 'boolean', default: false } },
          required: ['region'],
        },
        else: { properties: { zone: { type: 'string' } } },
      },
      {
        if: { properties: { public: { const: true } }, required: ['public'] },
        then: { properties: { reason: { type: 'string' }, notes: false }, required: ['reason'] },
      },
    ],
  });

  it('do not show, on either branch, until what decides on them is answered', () => {
    expect(names(settled(parameters, typed({})))).toEqual(['provider', 'notes']);
  });

  it('show right after what decides on them, one after the other', () => {
    expect(names(settled(parameters, typed({ provider: 'gcp' })))).toEqual(['provider', 'zone', 'notes']);
    expect(names(settled(parameters, typed({ provider: 'aws' })))).toEqual(['provider', 'region', 'public', 'notes']);
    const both = settled(parameters, typed({ provider: 'aws', public: 'true' }));
    expect(names(both)).toEqual(['provider', 'region', 'public', 'reason']);
    expect(both.fields.map(({ required }) => required)).toEqual([true, true, false, true]);
  });

  it('keep what was typed while they are hidden, and never send it', () => {
    const form = typed({
      provider: 'aws',
      public: 'true',
      reason: 'because',
      region: 'eu-west-1',
      zone: 'a',
      notes: 'n',
    });
    expect(settled(parameters, form).values).toEqual({
      provider: 'aws',
      region: 'eu-west-1',
      public: true,
      reason: 'because',
    });
    const other = form.with('provider', 'gcp');
    expect(settled(parameters, other).values).toEqual({ provider: 'gcp', zone: 'a', notes: 'n' });
    expect(settled(parameters, other.with('provider', 'aws')).values).toMatchObject({ reason: 'because' });
  });

  it('are refused, at the field, when somebody sends them all the same', () => {
    expect(validateParameters({ parameters }, { provider: 'gcp', region: 'eu-west-1' })).toEqual({
      ok: false,
      errors: [{ field: 'region', message: 'Region does not apply to what was chosen. Leave it empty.' }],
    });
    expect(validateParameters({ parameters }, { provider: 'aws' })).toEqual({
      ok: false,
      errors: [{ field: 'region', message: 'Region is missing. Please fill it in.' }],
    });
  });

  it('may be narrowed by a branch: the tighter bound and the fewer options hold', () => {
    const narrowed = parametersOf({
      properties: { size: { type: 'string', enum: ['s', 'l'], default: 's' }, count: { type: 'integer', maximum: 9 } },
      if: { properties: { size: { const: 's' } } },
      then: { properties: { count: { maximum: 3, description: 'Few.' } } },
    });
    const count = (size: string) => settled(narrowed, typed({ size })).fields[1]?.schema;
    expect(count('s')).toMatchObject({ type: 'integer', maximum: 3, description: 'Few.' });
    expect(count('l')).toEqual({ type: 'integer', maximum: 9 });
    expect(validateParameters({ parameters: narrowed }, { count: 5 })).toMatchObject({ ok: false });
    expect(validateParameters({ parameters: narrowed }, { count: 5, size: 'l' })).toMatchObject({ ok: true });
  });

  it('follow dependentRequired and dependentSchemas', () => {
    const dependent = parametersOf({
      properties: { mail: { type: 'string' }, name: { type: 'string' } },
      dependentRequired: { mail: ['name'] },
      dependentSchemas: { mail: { properties: { weekly: { type: 'boolean', default: true } } } },
    });
    expect(names(settled(dependent, typed({})))).toEqual(['mail', 'name']);
    const asked = settled(dependent, typed({ mail: 'x' }));
    expect(asked.fields.map(({ name, required }) => [name, required])).toEqual([
      ['mail', false],
      ['weekly', false],
      ['name', true],
    ]);
    expect(validateParameters({ parameters: dependent }, { mail: 'x' })).toMatchObject({
      ok: false,
      errors: [{ field: 'name', message: 'Name is missing. Please fill it in.' }],
    });
  });
});

describe('nested objects and lists of objects', () => {
  const parameters = parametersOf({
    $defs: {
      port: { type: 'integer', minimum: 1, maximum: 65535 },
      rule: {
        type: 'object',
        required: ['port'],
        properties: {
          port: { $ref: '#/$defs/port', title: 'Source port' },
          protocol: { type: 'string', enum: ['tcp', 'udp'] },
        },
        if: { properties: { protocol: { const: 'udp' } }, required: ['protocol'] },
        then: { properties: { timeout: { type: 'integer', default: 30 } } },
      },
    },
    required: ['network'],
    properties: {
      network: {
        type: 'object',
        properties: { cidr: { type: 'string' }, port: { $ref: '#/$defs/port', default: 443 } },
      },
      backup: { type: 'object', required: ['hour'], properties: { hour: { type: 'integer' } } },
      rules: { type: 'array', items: { $ref: '#/$defs/rule' }, maxItems: 3 },
    },
  });

  it('are made of what their pages hold; an optional one is there only if it is wanted', () => {
    expect(settled(parameters, typed({})).values).toEqual({ network: { port: 443 } });
    const wanted = typed({ 'network/cidr': '10.0.0.0/8', 'backup/hour': '3' }).wanting('backup', true);
    expect(settled(parameters, wanted).values).toEqual({
      network: { cidr: '10.0.0.0/8', port: 443 },
      backup: { hour: 3 },
    });
    expect(settled(parameters, wanted.wanting('backup', false)).values).not.toHaveProperty('backup');
    expect(settled(parameters, wanted.wanting('backup', false).wanting('backup', true)).values).toHaveProperty(
      'backup.hour',
      3,
    );
  });

  it('have entries that can be added and taken away, each with conditions of its own', () => {
    const two = typed({ 'rules/0/port': '80', 'rules/1/port': '53', 'rules/1/protocol': 'udp' })
      .wanting('rules', true)
      .counting('rules', 2);
    expect(settled(parameters, two).values.rules).toEqual([{ port: 80 }, { port: 53, protocol: 'udp', timeout: 30 }]);
    expect(settled(parameters, two.withoutEntry('rules', 0, 2)).values.rules).toEqual([
      { port: 53, protocol: 'udp', timeout: 30 },
    ]);
  });

  it('are judged with the path of the field', () => {
    const raw = { network: { port: 0 }, backup: {}, rules: [{ port: 1 }, { port: 99_999, timeout: 1, nonsense: 1 }] };
    expect(validateParameters({ parameters }, raw)).toEqual({
      ok: false,
      errors: [
        { field: 'rules/1/timeout', message: 'Timeout does not apply to what was chosen. Leave it empty.' },
        { field: '', message: 'The form has a field this catalog item does not know. Open it again.' },
      ],
    });
    const { network, backup } = raw;
    expect(validateParameters({ parameters }, { network, backup, rules: [{ port: 1 }, { port: 99_999 }] })).toEqual({
      ok: false,
      errors: [
        { field: 'network/port', message: 'Port must be at least 1.' },
        { field: 'backup/hour', message: 'Hour is missing. Please fill it in.' },
        { field: 'rules/1/port', message: 'Source port must be at most 65535.' },
      ],
    });
  });

  it.each([
    [{ network: 'x' }, 'network', 'Network must be a group of fields.'],
    [{ network: {}, rules: 'x' }, 'rules', 'Rules must be a list.'],
    [
      { network: {}, rules: [{ port: 1 }, { port: 1 }, { port: 1 }, { port: 1 }] },
      'rules',
      'Rules may have at most 3.',
    ],
  ])('refuse %j', (raw, field, message) => {
    expect(validateParameters({ parameters }, raw)).toEqual({ ok: false, errors: [{ field, message }] });
  });

  it('begin from parameters that were sent before', () => {
    const sent = { network: { cidr: 'x', port: 1 }, backup: { hour: 2 }, rules: [{ port: 5 }] };
    expect(settled(parameters, TypedForm.of(sent)).values).toEqual(sent);
    expect(settled(parameters, new EnteredJson(sent)).values).toEqual(sent);
  });
});

describe('defaults by expression', () => {
  const parameters = parametersOf({
    required: ['name', 'schema'],
    properties: {
      schema: { type: 'string', 'x-default': '${{ params.name }}_${{ request.environment }}' },
      name: { type: 'string' },
      owner: { type: 'string', 'x-default': "${{ user.email.split('@')[0] }}" },
      copies: { type: 'integer', 'x-default': "${{ request.environment == 'production' ? 3 : 1 }}" },
      alias: { type: 'string', 'x-default': '${{ params.schema }}!' },
    },
  });

  it('follow other fields, the user and the environment, until the person writes something else', () => {
    expect(settled(parameters, typed({})).values).toEqual({ owner: 'ada.lovelace', copies: 1 });
    expect(settled(parameters, typed({ name: 'orders' })).values).toEqual({
      name: 'orders',
      owner: 'ada.lovelace',
      copies: 1,
      schema: 'orders_staging',
      alias: 'orders_staging!',
    });
    expect(settled(parameters, typed({ name: 'orders', schema: 'mine', owner: null })).values).toEqual({
      name: 'orders',
      copies: 1,
      schema: 'mine',
      alias: 'mine!',
    });
  });

  it('give nothing where nobody fills in a form, and never throw', () => {
    expect(settle({ parameters, entered: typed({ name: 'orders' }) }).values).toEqual({ name: 'orders' });
    const odd = parametersOf({ properties: { a: { type: 'integer', 'x-default': '${{ params.nothing + 1 }}' } } });
    expect(settled(odd, typed({})).values).toEqual({});
  });
});

describe('lists that are typed', () => {
  const parameters = parametersOf({
    properties: {
      hosts: { type: 'array', items: { type: 'string', format: 'ipv4', title: 'The address' }, uniqueItems: true },
      ports: { type: 'array', items: { type: 'integer', maximum: 10 }, minItems: 2 },
      at: { type: 'string', format: 'time' },
      until: { type: 'string', format: 'time', default: '03:00' },
    },
  });

  it('have an entry a line; blank lines are none', () => {
    const form = typed({ hosts: ' 10.0.0.1\n\n10.0.0.2 \n', ports: '1\n2', at: '14:30' });
    expect(settled(parameters, form).values).toEqual({
      hosts: ['10.0.0.1', '10.0.0.2'],
      ports: [1, 2],
      at: '14:30:00Z',
      until: '03:00:00Z',
    });
  });

  it('name the line that is wrong, and what is wrong with it', () => {
    const check = (raw: object) => {
      const result = validateParameters({ parameters }, raw);
      return result.ok ? [] : result.errors.map(({ field, message }) => `${field}: ${message}`);
    };
    expect(check({ hosts: '10.0.0.1\n\nnonsense', ports: '4\n11', at: '25:00' })).toEqual([
      'hosts: Line 3: The address must be an IPv4 address, like 192.0.2.10.',
      'ports: Line 2: each line must be at most 10.',
      'at: At must be a time of day, like 14:30.',
    ]);
    expect(check({ ports: '1\nfive' })).toEqual(['ports: Line 2: each line must be a whole number.']);
    expect(check({ ports: '1' })).toEqual(['ports: Ports needs at least 2.']);
    expect(check({ hosts: '10.0.0.1\n10.0.0.1' })).toEqual(['hosts: Hosts names something twice.']);
  });
});
