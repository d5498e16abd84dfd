import fc from 'fast-check';
import { ExpressionFailed } from './catalog.errors.js';
import { Expressions } from './expressions.js';
import { identifierOf } from './identifier.js';

const expressions = new Expressions();
const known = {
  params: { name: 'string', count: 'int', tags: 'list<string>', flag: 'bool' },
  request: { team: 'string' },
  steps: { role: { output: { role: 'dyn' } } },
};
const scope = {
  params: { name: 'orders', count: 3, tags: ['a', 'b'], flag: true },
  request: { team: 'payments' },
  steps: { role: { output: { role: 'r1' } } },
};

describe('evaluating', () => {
  it('keeps the type of a text that is one expression', () => {
    expect(expressions.evaluate('${{ params.count + 1 }}', scope)).toBe(4);
    expect(expressions.evaluate('${{ params.tags }}', scope)).toEqual(['a', 'b']);
    expect(expressions.evaluate('${{ {"n": params.count, "t": params.tags} }}', scope)).toEqual({
      n: 3,
      t: ['a', 'b'],
    });
    expect(expressions.evaluate('${{ params }}', scope)).toEqual(scope.params);
  });

  it('joins expressions and text, in any depth', () => {
    expect(expressions.evaluate({ a: ['db ${{ params.name }} of ${{ request.team }}', 5, null] }, scope)).toEqual({
      a: ['db orders of payments', 5, null],
    });
  });

  it('does not end an expression at braces inside a string', () => {
    expect(expressions.evaluate(`\${{ "a}}b" + '}}' }}!`, scope)).toBe('a}}b}}!');
  });

  it('never evaluates what a value holds: expressions in parameters stay text', () => {
    expect(expressions.evaluate('${{ params.name }}', { params: { name: '${{ 1 + 1 }}' } })).toBe('${{ 1 + 1 }}');
  });

  it('reaches no prototype', () => {
    for (const source of ['params.constructor', 'params.__proto__', 'params.name.constructor', 'params["constructor"]'])
      expect(() => expressions.evaluate(`\${{ ${source} }}`, scope)).toThrow(ExpressionFailed);
  });

  it('names the expression but no value when it fails', () => {
    const failing = () =>
      expressions.evaluate('${{ params.secret.size() + params.count }}', { params: { secret: 'hunter2', count: 'x' } });
    expect(failing).toThrow(/params\.secret\.size\(\)/);
    expect(failing).not.toThrow(/hunter2/);
  });

  it('matches in linear time, whatever the pattern', () => {
    const params = { name: `${'a'.repeat(5000)}b`, list: ['x'] };
    expect(expressions.condition("${{ params.name.matches('^(a+)+$') }}", { params })).toBe(false);
    expect(expressions.condition("${{ params.list.exists(l, l.matches('^[x]$')) }}", { params })).toBe(true);
    expect(() => expressions.condition("${{ params.name.matches('(a)\\\\1') }}", { params })).toThrow(ExpressionFailed);
  });

  it('stops what does not end, names it, and goes on with the next', () => {
    const params = { list: Array.from({ length: 300 }, (_, index) => index) };
    const endless =
      '${{ params.list.all(a, params.list.all(b, params.list.all(c, params.list.all(d, a + b + c + d >= 0)))) }}';
    expect(() => expressions.condition(endless, { params })).toThrow(/could not be worked out: params\.list\.all/);
    expect(expressions.condition('${{ params.list.all(a, a >= 0) }}', { params })).toBe(true);
    expect(() => expressions.condition(endless, { params })).toThrow(ExpressionFailed);
    expect(expressions.condition(endless, { params: { list: [1] } })).toBe(true);
  });

  it('wants true or false of a condition', () => {
    expect(expressions.condition('${{ params.count > 2 && params.flag }}', scope)).toBe(true);
    expect(() => expressions.condition('${{ params.count }}', scope)).toThrow(ExpressionFailed);
  });
});

describe('checking', () => {
  it('finds nothing wrong with what is right', () => {
    expect(
      expressions.check(
        [
          '${{ params.tags.map(t, t + "x") }}',
          '${{ steps.role.output.role }}',
          '${{ identifier([request.team, params.name]) }}',
          '${{ has(params.name) && has(steps.maybe.output) ? params.tags.filter(t, t.matches("^a")) : [] }}',
          'plain',
        ],
        known,
      ),
    ).toEqual([]);
  });

  it.each([
    ['${{ params.nam }}', /nam/],
    ['${{ parameters.name }}', /parameters/],
    ['${{ steps.roles.output.role }}', /roles/],
    ['${{ steps.role.output.password }}', /password/],
    ['${{ params.name + 1 }}', /overload/],
    ['${{ params.name + }}', /EOF/],
    ['${{ params.name', /never closed/],
    ['${{ }}', /EOF/],
    ['${{ has(params.nmae) ? 1 : 2 }}', /No such key: nmae/],
    ['${{ has(request.owner.name) }}', /No such key: owner/],
    ["${{ params.name.matches('(a') }}", /the pattern can't be used/],
    ["${{ params.name.matches('(?=a)b') }}", /the pattern can't be used/],
    ['${{ params.tags.all(a, params.tags.all(b, params.tags.all(c, a == b))) }}', /nested deeper than 2/],
  ])('finds the mistake in %s', (template, message) => {
    expect(expressions.check(template, known)).toEqual([expect.stringMatching(message)]);
  });

  it('says where in the template and in the expression', () => {
    expect(expressions.problems({ a: ['x', '${{ params.nam }}'] }, known)).toEqual([
      expect.objectContaining({ path: ['a', 1], offset: 8 }),
    ]);
  });

  it('refuses an expression that is too large', () => {
    expect(expressions.check(`\${{ ${'('.repeat(100)}1${')'.repeat(100)} }}`, known)).toHaveLength(1);
    expect(expressions.check(`\${{ 1${' + 1'.repeat(1000)} }}`, known)).toHaveLength(1);
  });
});

describe('identifierOf', () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9_-]{0,40}$/);

  it('joins plain parts and stays readable', () => {
    expect(identifierOf(['payments', 'production', 'orders_db'])).toBe('payments_production_orders_db');
  });

  it('gives an unquoted PostgreSQL identifier of at most 63 bytes for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (parts) =>
        /^[a-z][a-z0-9_]{0,62}$/.test(identifierOf(parts)),
      ),
    );
  });

  it('gives different identifiers for different parts', () => {
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(identifierOf(a)).not.toBe(identifierOf(b));
      }),
    );
    expect(identifierOf(['a', 'b_c', 'd'])).not.toBe(identifierOf(['a_b', 'c', 'd']));
    expect(identifierOf(['a-b', 'c'])).not.toBe(identifierOf(['a_b', 'c']));
  });
});
