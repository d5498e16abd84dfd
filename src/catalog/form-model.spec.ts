import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Json, JsonObject } from '../shared/index.js';
import { Expressions } from './expressions.js';
import { TypedForm } from './form-entered.js';
import { type Form, formOf, pageOfField } from './form-model.js';
import { typedAfter } from './form-reading.js';
import { shownAs } from './form-shown.js';
import { parametersParser } from './parameters-parser.js';
import { validateParameters } from './validate-parameters.js';

const expressions = new Expressions();
const context = {
  user: { name: 'Ada', email: 'ada@quartermaster.test', timezone: 'Europe/London' },
  request: { team: 'payments', environment: 'staging', requesterId: 'U0ADA' },
};

const written = {
  type: 'object',
  $defs: { port: { type: 'integer', minimum: 1, maximum: 100 } },
  required: ['name', 'kind', 'network'],
  properties: {
    name: { type: 'string', minLength: 2 },
    label: { type: 'string', 'x-default': '${{ params.name }}-${{ request.environment }}' },
    kind: { type: 'string', enum: ['web', 'job'] },
    size: { type: 'string', enum: ['s', 'm', 'l'], default: 's' },
    tags: { type: 'array', items: { type: 'string', enum: ['a', 'b', 'c'] }, default: ['a'], uniqueItems: true },
    hosts: { type: 'array', items: { type: 'string', maxLength: 5 }, minItems: 2 },
    network: {
      type: 'object',
      required: ['mode'],
      properties: {
        mode: { type: 'string', oneOf: [{ const: 'open' }, { const: 'closed' }], default: 'closed' },
        port: { $ref: '#/$defs/port', default: 80 },
      },
      if: { properties: { mode: { const: 'open' } }, required: ['mode'] },
      then: { properties: { reason: { type: 'string' } }, required: ['reason'] },
    },
    backup: {
      type: 'object',
      required: ['hour'],
      properties: { hour: { type: 'integer', maximum: 23 }, weekly: { type: 'boolean', default: false } },
    },
    rules: {
      type: 'array',
      maxItems: 3,
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: { $ref: '#/$defs/port' }, note: { type: 'string' } },
      },
    },
  },
  allOf: [
    {
      if: { properties: { kind: { const: 'web' } }, required: ['kind'] },
      then: {
        properties: { domain: { type: 'string', maxLength: 8 }, size: { enum: ['m', 'l'], default: 'm' } },
        required: ['domain'],
      },
      else: { properties: { schedule: { type: 'string' }, hosts: false } },
    },
    {
      if: { properties: { domain: { const: 'x.test' } }, required: ['domain'] },
      then: { properties: { tls: { type: 'boolean', default: true } } },
    },
  ],
  dependentRequired: { schedule: ['backup'] },
};
const item = { parameters: parametersParser.parse(written) };
const form = (typed: TypedForm): Form => formOf({ item, typed, context, expressions });

/** JSON Schema as its author wrote it, judged by nothing but Ajv; objects are closed, as everywhere. */
const judge = (() => {
  const closed = structuredClone(written) as unknown as { properties: Record<string, Record<string, unknown>> };
  const objects = [closed, closed.properties.network, closed.properties.backup, closed.properties.rules?.items];
  for (const object of objects) Object.assign(object as object, { unevaluatedProperties: false });
  return new Ajv2020({ strict: false }).compile(closed);
})();

type Step = { do: 'type'; field: number; value: Json } | { do: 'add' | 'remove'; entry: number };

const texts = fc.constantFrom(
  'web',
  'job',
  'm',
  'l',
  'open',
  'closed',
  'x.test',
  'ok',
  '1',
  '42',
  '400',
  'true',
  'long text',
  'a\nb\nc',
);
const values: fc.Arbitrary<Json> = fc.oneof(
  texts,
  fc.constant(null),
  fc.subarray(['a', 'b', 'c']),
  fc.constant<Json>(['yes']),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('type' as const), field: fc.nat(30), value: values }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), entry: fc.nat(3) }) },
  ),
  { maxLength: 40 },
);

/** A person before the form: everything they see on a page comes back with it, and one field of it is another. */
function take(typed: TypedForm, step: Step): { typed: TypedForm; path?: string; value?: Json } {
  const now = form(typed);
  if (step.do === 'type') {
    const all = now.pages.flatMap((page) => page.fields.map((place) => ({ page, place })));
    const { page, place } = all[step.field % all.length]!;
    const isToggle = place.field.kind === 'object' || place.field.kind === 'entries';
    const offered = isToggle ? step.value : shownAs(place.field, step.value);
    const read = page.fields.map(({ path, shown, variant }) => ({
      path,
      variant,
      value: path === place.path ? offered : shown,
    }));
    return { typed: typedAfter(typed, now, read), ...(!isToggle && { path: place.path, value: offered }) };
  }
  const entries = now.pages.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const entry = entries[step.entry % Math.max(entries.length, 1)];
  if (entry === undefined) return { typed };
  if (step.do === 'add') return { typed: typed.counting(entry.list, Math.min(entry.count + 1, entry.most)) };
  return { typed: typed.withoutEntry(entry.list, entry.index, entry.count) };
}

function leaves(value: Json, path = ''): string[] {
  if (Array.isArray(value) && !value.some((one) => typeof one === 'object')) return [path];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}/${key}`));
}

/** Begins empty, or with everything that is asked for: so that good forms are among them. */
const beginnings = fc.constantFrom<Record<string, Json>>(
  {},
  { name: 'orders', kind: 'job' },
  { name: 'orders', kind: 'web', domain: 'x.test', hosts: 'a\nb' },
  {
    name: 'orders',
    kind: 'job',
    'backup?': true,
    'backup/hour': '3',
    schedule: 'x',
    'rules?': true,
    'rules#': 2,
    'rules/0/port': '1',
    'rules/1/port': '2',
  },
);

describe('the form as a function of schema and what was typed', () => {
  it('sends nothing that does not show, and judges exactly as JSON Schema does', () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(beginnings, steps, (beginning, all) => {
        let typed = new TypedForm(beginning);
        for (const step of all) {
          ({ typed } = take(typed, step));
          const { pages, parameters, errors } = form(typed);
          const visible = new Set(pages.flatMap(({ fields }) => fields.map(({ path }) => path)));
          for (const path of leaves(parameters)) expect([...visible, 'rules', 'backup', 'network']).toContain(path);
          expect(errors.length === 0).toBe(judge(parameters));
          seen.add(errors.length === 0);
          // Nothing is asked for that the schema would then refuse to take.
          for (const { message } of errors) expect(message).not.toMatch(/does not apply/);
          for (const { field } of errors) expect(pageOfField(form(typed), field)).toBeDefined();
          // What the form finds good passes the door it is sent through, and nothing changes on the way.
          const again = validateParameters(item, parameters);
          expect(again.ok).toBe(errors.length === 0);
          if (again.ok) expect(again.value).toEqual(parameters);
        }
      }),
      { numRuns: 100 },
    );
    expect(seen.size).toBe(2);
  });

  it('loses nothing that was typed, whatever is shown and hidden in between', () => {
    fc.assert(
      fc.property(beginnings, steps, (beginning, all) => {
        let typed = new TypedForm(beginning);
        const last = new Map<string, Json>();
        for (const step of all.filter((one) => one.do === 'type')) {
          const taken = take(typed, step);
          const before = form(typed).pages.flatMap(({ fields }) => fields);
          ({ typed } = taken);
          const place = before.find(({ path }) => path === taken.path);
          if (
            taken.path !== undefined &&
            taken.value !== undefined &&
            JSON.stringify(place?.shown) !== JSON.stringify(taken.value)
          )
            last.set(taken.path, taken.value);
        }
        for (const { path, field, shown } of form(typed).pages.flatMap(({ fields }) => fields)) {
          const entered = last.get(path);
          // An option that is not offered any more is kept, but can't be shown; emptied ones give way to a default.
          if (entered === undefined || entered === null || Array.isArray(entered)) continue;
          expect(shown).toEqual(shownAs(field, entered));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not care in which order things are typed', () => {
    const answers: Record<string, Json> = {
      name: 'orders',
      label: 'mine',
      kind: 'web',
      domain: 'x.test',
      tls: 'false',
      size: 'l',
      'network/mode': 'open',
      'network/reason': 'why not',
      'network/port': '8',
    };
    const whole = Object.entries(answers).reduce((typed, [path, value]) => typed.with(path, value), new TypedForm());
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(answers), { minLength: 9, maxLength: 9 }), (order) => {
        let [typed, waiting] = [new TypedForm(), order];
        while (waiting.length > 0) {
          const now = form(typed);
          const places = now.pages.flatMap(({ fields }) => fields);
          const next = waiting.find((path) => places.some((place) => place.path === path));
          if (next === undefined) throw new Error(`These never showed: ${waiting.join(', ')}`);
          const variant = places.find(({ path }) => path === next)?.variant;
          typed = typedAfter(typed, now, [{ path: next, variant, value: answers[next]! }]);
          waiting = waiting.filter((path) => path !== next);
        }
        expect(form(typed).parameters).toEqual(form(whole).parameters);
        expect(form(typed).errors).toEqual([]);
      }),
    );
  });
});

describe('pages', () => {
  const pagesOf = (parameters: object, typed = new TypedForm()) =>
    formOf({ item: { parameters: parametersParser.parse(parameters) }, typed, context, expressions }).pages.map(
      ({ id, title, fields }) => [id, title, fields.map(({ path }) => path)] as const,
    );
  const many = (count: number): Record<string, object> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, { type: 'string' }]));

  it('hold about ten fields, evenly', () => {
    expect(pagesOf({ properties: many(12) })).toHaveLength(1);
    expect(pagesOf({ properties: many(13) }).map(([, , fields]) => fields.length)).toEqual([7, 6]);
    expect(pagesOf({ properties: many(35) }).map(([, , fields]) => fields.length)).toEqual([9, 9, 9, 8]);
    expect(pagesOf({})).toEqual([[':0', undefined, []]]);
  });

  it('begin where the author says', () => {
    const properties = { a: { type: 'string' }, b: { type: 'string', 'x-page': 'More' }, c: { type: 'string' } };
    expect(pagesOf({ properties })).toEqual([
      [':0', undefined, ['a']],
      [':1', 'More', ['b', 'c']],
    ]);
  });

  it('keep dependent fields with what decides on them, and their own place when others appear', () => {
    const parameters = {
      properties: { ...many(13), f3: { type: 'boolean', default: false } },
      if: { properties: { f3: { const: true } } },
      then: { properties: { g1: { type: 'string' }, g2: { type: 'string' } } },
    };
    expect(pagesOf(parameters).map(([, , fields]) => fields.length)).toEqual([7, 6]);
    expect(pagesOf(parameters, new TypedForm({ f3: 'true' }))[0]?.[2]).toEqual([
      'f0',
      'f1',
      'f2',
      'f3',
      'g1',
      'g2',
      'f4',
      'f5',
      'f6',
    ]);
  });

  it('never hold more than a view of Slack does, whatever depends on what', () => {
    const parameters = {
      required: ['kind'],
      properties: { kind: { type: 'string', enum: ['x', 'y'] } },
      allOf: ['x', 'y'].map((kind) => ({
        if: { properties: { kind: { const: kind } } },
        then: {
          properties: Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`${kind}${n}`, { type: 'string' }])),
        },
      })),
    };
    const pages = pagesOf(parameters, new TypedForm({ kind: 'y' }));
    expect(pages.flatMap(([, , fields]) => fields)).toHaveLength(81);
    for (const [, , fields] of pages) expect(fields.length).toBeLessThanOrEqual(40);
  });

  it('are one for each nested object and each entry; optional ones are asked for first', () => {
    const typed = new TypedForm({ kind: 'job' });
    const ids = (one: TypedForm) => form(one).pages.map(({ id, title }) => `${id} ${title ?? ''}`.trim());
    expect(ids(typed)).toEqual([':0', 'network:0 Network']);
    expect(form(typed).pages[0]?.fields.map(({ path }) => path)).toEqual([
      'name',
      'label',
      'kind',
      'schedule',
      'size',
      'tags',
      'backup',
      'rules',
    ]);
    const more = typed.wanting('backup', true).wanting('rules', true);
    expect(ids(more)).toEqual([':0', 'network:0 Network', 'backup:0 Backup', 'rules/0:0 Rules']);
    expect(ids(more.counting('rules', 2)).slice(-2)).toEqual(['rules/0:0 Rules 1 of 2', 'rules/1:0 Rules 2 of 2']);
    expect(form(more.counting('rules', 2)).pages.at(-1)?.entry).toEqual({
      list: 'rules',
      label: 'Rules',
      index: 1,
      count: 2,
      least: 0,
      most: 3,
    });
  });

  it('are found for an error', () => {
    const now = form(new TypedForm({ kind: 'web' }).wanting('rules', true));
    const at = (path: string) => pageOfField(now, path)?.id;
    expect([at('domain'), at('network/mode'), at('rules/0/port'), at('rules'), at('rules/7/port')]).toEqual([
      ':0',
      'network:0',
      'rules/0:0',
      ':0',
      ':0',
    ]);
    expect(at('nonsense')).toBeUndefined();
  });
});

describe('reading a page', () => {
  it('lets defaults follow until somebody writes something else', () => {
    const parameters: JsonObject[] = [];
    let typed = new TypedForm({ kind: 'job' });
    const read = (path: string, value: Json): void => {
      const now = form(typed);
      const [page] = now.pages;
      const all = page!.fields.map(({ path: at, shown, variant }) => ({
        path: at,
        variant,
        value: at === path ? value : shown,
      }));
      typed = typedAfter(typed, now, all);
      parameters.push(form(typed).parameters);
    };
    read('name', 'orders');
    read('name', 'ledger');
    read('label', 'mine');
    read('name', 'books');
    expect(parameters.map(({ label }) => label)).toEqual(['orders-staging', 'ledger-staging', 'mine', 'mine']);
  });

  it('makes another input of a field when its options or its default change', () => {
    const variantOf = (typed: TypedForm, name: string) =>
      form(typed).pages[0]?.fields.find(({ path }) => path === name)?.variant;
    const [web, job] = [new TypedForm({ kind: 'web' }), new TypedForm({ kind: 'job' })];
    expect(variantOf(web, 'size')).not.toBe(variantOf(job, 'size'));
    expect(variantOf(web, 'label')).not.toBe(variantOf(web.with('name', 'x'), 'label'));
    expect(variantOf(web.with('label', 'z'), 'label')).toBe(
      variantOf(web.with('label', 'z').with('name', 'x'), 'label'),
    );
    expect(variantOf(web, 'name')).toBeUndefined();
  });
});
