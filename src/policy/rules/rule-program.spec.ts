import fc from 'fast-check';
import { OutOfBudget, withinBudget } from '../../shared/index.js';
import { factsOf } from './example-facts.js';
import { celFacts } from './rule-environment.js';
import { givenParser } from './rule-given.js';
import { RuleProgram } from './rule-program.js';
import { RuleText } from './rule-text.js';

const facts = (given: object = {}) => celFacts(factsOf(givenParser.parse(given), 'UTC'));

function run(source: string, given: object = {}): unknown {
  const compiled = RuleProgram.compile(source);
  if (!compiled.ok) throw new Error(compiled.faults.map(({ message }) => message).join('; '));
  return compiled.program.run(facts(given));
}

function faults(source: string): string[] {
  const compiled = RuleProgram.compile(source, 'bool');
  return compiled.ok ? [] : compiled.faults.map(({ offset, message, remedy }) => `${offset}: ${message}; ${remedy}`);
}

describe('what a rule can ask', () => {
  it.each<[string, object, unknown]>([
    ["environment == 'production' && 'payments' in person.teams", { environment: 'production' }, true],
    ["parameters.size == 'large'", { parameters: { size: 'large' } }, true],
    ['has(parameters.size)', {}, false],
    ['parameters.count + 1 > 3', { parameters: { count: 3 } }, true],
    ['plan.changes.exists(change, change.kind == "create") && plan.creates == 1', { plan: [{ kind: 'create' }] }, true],
    ['plan.changes[0].kind', { plan: [{ kind: 'none' }] }, 'none'],
    ['has(cost.monthly)', {}, false],
    ['has(cost.monthly) && cost.monthly > 500', { cost: { hourly: 1, monthly: 730, untilEnd: 24 } }, true],
    [
      'quota.exists(unit, unit.used + unit.wanted > unit.limit)',
      { quota: [{ unit: 'databases', limit: 3, used: 3, wanted: 1 }] },
      true,
    ],
    ['time.weekday + " " + string(time.hour)', { time: '2026-11-27T17:30:00Z' }, 'friday 17'],
    ['time.now < timestamp("2026-11-27T18:00:00Z")', { time: '2026-11-27T17:30:00Z' }, true],
    ["incidents.all(incident, incident.severity == 'sev4')", { incidents: [{ severity: 'sev1' }] }, false],
    ['lease.hours > 24 * 60', { leaseHours: 2000.5 }, true],
    ["reason.matches('^OPS-[0-9]+')", { reason: 'OPS-17 says so' }, true],
  ])('%s', (source, given, expected) => {
    expect(run(source, given)).toEqual(expected);
  });
});

describe('what is refused when the file is read', () => {
  it.each([
    ['enviroment == "x"', /^0: Unknown variable: enviroment; did you mean environment\?/],
    ['person.team == "x"', /No such key: team; did you mean/],
    ['plan.changes.exists(c, c.kin == "create")', /No such key: kin; did you mean kind/],
    ['has(cost.montly)', /^4: No such key: montly; did you mean monthly/],
    ['environment == 3', /no such overload: string == int/],
    ['environment', /it gives string, not true or false/],
    ['parameters.flag', /nobody can tell whether it gives true or false; compare it/],
    ['environment ==', /EOF/],
    ['cel.bind(a, reason, a + a) == "x"', /no function bind/],
    ['reason.split("").size() > 1', /no function split/],
    ['reason.matches(parameters.pattern)', /matches wants its pattern as plain text/],
    ["reason.matches('(?=x)y')", /the pattern can't be used .*; write it without look-around/],
    ["reason.matches('(a)\\\\1')", /the pattern can't be used/],
    [`reason.matches('${'a'.repeat(600)}')`, /the pattern is too long/],
    ['quota.all(a, quota.all(b, quota.all(c, true)))', /nested deeper than 2/],
    ['quota.map(a, 1).map(a, 1).size() > 0', /more than one map/],
    [`quota${'.filter(a, true)'.repeat(6)}.size() > 0`, /more than 5 loops/],
    [`${'('.repeat(200)}true${')'.repeat(200)}`, /./],
    [`1${' + 1'.repeat(400)} > 0`, /./],
    [`reason in [${'"x",'.repeat(80)}"y"]`, /./],
  ])('%s', (source, expected) => {
    expect(faults(source).join('\n')).toMatch(expected);
  });

  it('takes what is looped over to be outside of the loop', () => {
    expect(faults('quota.filter(a, a.limit > 1).map(a, a.unit).exists(a, a == "databases")')).toEqual([]);
  });

  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z.(){}[\]"'&|=!<>0-9 ]{0,60}$/)), (source) => {
        RuleProgram.compile(source, 'bool');
      }),
    );
  });
});

describe('an expression that does not end', () => {
  // Within all static limits, and still thousands of turns that each copy tens of thousands of entries.
  const many = (name: string): string => Array.from({ length: 40 }, () => name).join(' + ');
  const bomb = `[person.teams].map(a, ${many('a')}).exists(b, b.exists(c, (${many('b')}).size() < 0))`;
  const given = { person: { teams: Array.from({ length: 50 }, (_, index) => `team-${index}`) } };

  it('is stopped, and the next one runs', () => {
    const compiled = RuleProgram.compile(bomb, 'bool');
    if (!compiled.ok) throw new Error('it should pass the static limits, or this test shows nothing');
    expect(() => compiled.program.run(facts(given))).toThrow(OutOfBudget);
    expect(run('environment == "development"')).toBe(true);
    expect(() => compiled.program.run(facts(given))).toThrow(OutOfBudget);
  });

  it('is stopped also where nothing counts its turns', () => {
    const endless = (): never => {
      for (;;);
    };
    expect(() => withinBudget(endless, 20)).toThrow(OutOfBudget);
    expect(withinBudget(() => 'still here')).toBe('still here');
  });

  it('hands on what is thrown inside, as it was', () => {
    const mistake = new RangeError('mine');
    expect(() =>
      withinBudget(() => {
        throw mistake;
      }),
    ).toThrow(mistake);
  });

  it('matches patterns that would backtrack without backtracking', () => {
    expect(run("reason.matches('^(a+)+$')", { reason: `${'a'.repeat(2900)}!` })).toBe(false);
    expect(run("reason.matches('^(a|a)*$')", { reason: 'a'.repeat(2900) })).toBe(true);
  });
});

describe('the words of a rule', () => {
  it('fills in what its expressions give', () => {
    const text = RuleText.read(
      'In ${{ environment }} for ${{ person.teams }}: ${{ lease.hours / 3.0 }} of ${{ plan.creates }}.',
    );
    expect(text.faults).toEqual([]);
    expect(text.write(facts({ leaseHours: 10 }))).toBe('In development for payments: 3.33 of 0.');
  });

  it('tells the rest when an expression fails', () => {
    expect(RuleText.read('Up to ${{ parameters.size }}!').write(facts())).toBe('Up to …!');
  });

  it('finds mistakes when the file is read', () => {
    expect(RuleText.read('In ${{ enviroment }}.').faults).toMatchObject([{ expression: ' enviroment ', offset: 1 }]);
    expect(RuleText.read('In ${{ environment').faults).toHaveLength(1);
  });
});
