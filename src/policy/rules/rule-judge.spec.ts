import { connectOpa } from '../opa/connect-opa.js';
import { compileRule } from './compiled-rule.js';
import { factsOf } from './example-facts.js';
import { type Rule, ruleParser } from './rule-document.js';
import { givenParser } from './rule-given.js';
import { RuleJudge } from './rule-judge.js';
import { counts, effectOf, type RuleVerdict, reasonOfVerdict } from './rule-verdict.js';

const judge = new RuleJudge(connectOpa({ catalogDir: 'catalog', httpAllow: [] }));
const rule = (change: object = {}): Rule => ({
  ...ruleParser.parse({
    id: 'some-rule',
    version: '1.0.0',
    title: 'Some rule',
    owner: 'platform',
    mode: 'enforce',
    effect: 'deny',
    when: "parameters.size == 'large'",
    message: 'Too large.',
    remedy: 'Choose small.',
    examples: [{ title: 'x', expect: 'fires' }],
    ...change,
  }),
  file: 'rule.yaml',
  digest: 'sha256:0',
});
const verdict = (change: object = {}, given: object = {}): Promise<RuleVerdict> =>
  judge.judge(compileRule(rule(change)), factsOf(givenParser.parse(given), 'UTC'));
const large = { parameters: { size: 'large' } };

it('fires in the rule’s own words, with what to do', async () => {
  expect(await verdict({}, large)).toMatchObject({
    state: 'fired',
    message: 'Too large. Choose small.',
    owner: 'platform',
  });
  expect(await verdict({}, { parameters: { size: 'small' } })).toMatchObject({ state: 'silent', message: '' });
});

it.each([
  [{ mode: 'off' }, large, 'off'],
  [{ items: ['other-item'] }, large, 'elsewhere'],
  [{ environments: ['production'] }, large, 'elsewhere'],
  [{ on: ['destroy'] }, large, 'elsewhere'],
  [{ on: ['destroy'] }, { ...large, verb: 'destroy' }, 'fired'],
])('%j asked %j is %s', async (change, given, state) => {
  expect((await verdict(change, given)).state).toBe(state);
});

describe('a rule that fails', () => {
  it('refuses with a sentence that names the rule and whom to ask, and no value', async () => {
    const found = await verdict({}, { parameters: { password: 'hunter2' } });
    expect(found.state).toBe('failed');
    expect(found.message).toBe(
      'The rule “Some rule” could not be judged (No such key: size), so it counts as a refusal. Ask the team platform to mend it.',
    );
    expect([counts(found), effectOf(found)]).toEqual([true, 'deny']);
  });

  it('refuses also where it would only have wanted an approval', async () => {
    const found = await verdict({ effect: 'needs-approval', approval: { from: { relation: 'lead' } } });
    expect(reasonOfVerdict(found).outcome).toBe('deny');
  });

  it('warns where it only ever warns', async () => {
    expect(reasonOfVerdict(await verdict({ effect: 'warn' })).outcome).toBe('warn');
  });

  it('never quotes a value, whatever CEL would say', async () => {
    const found = await verdict({ when: 'int(parameters.size) > 3' }, { parameters: { size: 'hunter2' } });
    expect(found.message).not.toMatch(/hunter2/);
    expect(found.state).toBe('failed');
  });

  it('fails for facts that are too large to loop over', async () => {
    const long = { parameters: { size: 'small', list: Array.from({ length: 101 }, () => 'x') } };
    expect((await verdict({}, long)).message).toMatch(/a list has more than 100 entries/);
    expect((await verdict({}, { parameters: { size: 'x'.repeat(70_000) } })).message).toMatch(/too large/);
  });
});

it('only lists what is tried out, and what was waived', async () => {
  const tried = await verdict({ mode: 'audit' }, large);
  expect(counts(tried)).toBe(false);
  expect(reasonOfVerdict(tried)).toMatchObject({ outcome: 'audit', content: { effect: 'deny', mode: 'audit' } });
  const waived = { ...(await verdict({}, large)), waiver: { id: 'exc-1', until: new Date(0) } };
  expect(counts(waived)).toBe(false);
  expect(reasonOfVerdict(waived)).toMatchObject({
    outcome: 'waived',
    content: { waiver: { id: 'exc-1', until: '1970-01-01T00:00:00.000Z' } },
  });
});
