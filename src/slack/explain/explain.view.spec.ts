import { complaintsAboutMessage, mrkdwnOf } from '../../../test/builders/block-kit-limits.js';
import { HOSTILE, LONG, requestOf } from '../../../test/builders/slack-states.js';
import type { CatalogItem } from '../../catalog/index.js';
import type { RuleVerdict } from '../../policy/index.js';
import type { EnvironmentExplanation, Explanation } from '../../requests/index.js';
import { explainWords } from './explain.view.js';
import { typedExplain } from './explain-words.js';

const person = { id: 'U0ADA', email: 'ada@quartermaster.test', name: 'ada', teams: [], roles: [] };
const verdict = (change: Partial<RuleVerdict>): RuleVerdict => ({
  rule: 'a-rule',
  title: 'A rule',
  owner: 'platform',
  effect: 'deny',
  mode: 'enforce',
  state: 'silent',
  message: '',
  ...change,
});
const place = (change: Partial<EnvironmentExplanation> = {}): EnvironmentExplanation => ({
  environment: 'production',
  access: [
    { rule: 'members', effect: 'allow', message: 'Members may.', spoke: true },
    { rule: 'outsiders', effect: 'deny', message: 'Others may not.', spoke: false },
  ],
  preview: {
    item: {} as CatalogItem,
    plan: {
      ...requestOf().plan,
      decision: {
        outcome: 'allow',
        reasons: [
          { rule: 'members', outcome: 'allow', message: 'Members may.' },
          {
            rule: 'tried',
            outcome: 'audit',
            message: 'Too long.',
            content: { title: 'Tried', owner: 'platform', effect: 'deny', mode: 'audit' },
          },
          { rule: 'budget', outcome: 'deny', message: 'Too dear.' },
        ],
      },
    },
    verdicts: [
      verdict({ rule: 'tried', mode: 'audit', state: 'fired', message: 'Too long.' }),
      verdict({ rule: 'quiet' }),
      verdict({ rule: 'stopped', mode: 'off', state: 'off' }),
      verdict({ rule: 'others', state: 'elsewhere' }),
    ],
  },
  missing: '',
  ...change,
});
const explanation = (change: Partial<Explanation> = {}): Explanation => ({
  item: { title: 'A database' } as CatalogItem,
  person,
  teamId: 'payments',
  parameters: { name: 'orders', count: 3 },
  environments: [place()],
  ...change,
});

it('tells of every rule whether it spoke, and why others did not', () => {
  const text = mrkdwnOf(explainWords(explanation(), 'Payments', 'U0ADA'));
  expect(text).toContain('for you, of the team *Payments*');
  expect(text).toContain('✅ Members may. _(members)_');
  expect(text).toContain('▫️ Nothing to say: `outsiders`');
  expect(text).toContain('🔍 _Only tried out; it would refuse this:_ Too long. _(tried)_');
  expect(text).toContain('▫️ Nothing to say: `quiet`');
  expect(text).toContain('▫️ Switched off: `stopped`');
  expect(text).toContain('▫️ About something else: `others`');
  expect(text).toContain('*Besides*\n⛔ Too dear. _(budget)_');
  expect(mrkdwnOf(explainWords(explanation(), 'Payments', 'U0PIA'))).toContain('for <@U0ADA>');
});

it('says what is missing before the rest can be told', () => {
  const text = mrkdwnOf(
    explainWords(
      explanation({ environments: [place({ preview: null, missing: 'Name is missing.' })] }),
      'Payments',
      'U0ADA',
    ),
  );
  expect(text).toContain('The rest can’t be told yet. Name is missing. Add it as name=value.');
});

it('lets no mention through and fits, however hostile files and words are', () => {
  const verdicts = Array.from({ length: 80 }, (_, index) =>
    verdict({ rule: `rule-${index}`, state: 'fired', message: index % 2 === 0 ? HOSTILE : LONG }),
  );
  const preview = { ...place().preview!, verdicts };
  const words = explainWords(
    explanation({
      item: { title: HOSTILE } as CatalogItem,
      parameters: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`p${index}`, LONG])),
      environments: Array.from({ length: 30 }, () => place({ preview })),
    }),
    HOSTILE,
    'U0ADA',
  );
  expect(complaintsAboutMessage(words)).toEqual([]);
  expect(mrkdwnOf(words)).not.toMatch(/<!channel>|<https|\u202E/);
});

describe('what is typed', () => {
  const known = { environments: ['development', 'production'], teams: ['payments'] };

  it.each([
    ['postgres-database', { itemName: 'postgres-database', as: null, parameters: {}, unknown: [] }],
    ['Demo-Service Production as @lea', { itemName: 'demo-service', environment: 'production', as: '@lea' }],
    [
      'demo-service as <@U0LEA|lea> in development for payments',
      { as: '<@U0LEA|lea>', environment: 'development', teamId: 'payments' },
    ],
    [
      'demo-service name=orders purpose=“of the shop” x=',
      { parameters: { name: 'orders', purpose: 'of the shop', x: '' } },
    ],
    ['demo-service prodution maybe', { unknown: ['prodution', 'maybe'] }],
    ['demo-service as', { as: null, unknown: ['as'] }],
    ['', { itemName: '' }],
  ])('%s', (text, expected) => {
    expect(typedExplain(text, known)).toMatchObject(expected);
  });
});
