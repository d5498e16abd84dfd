import { complaintsAboutMessage } from '../../../test/builders/block-kit-limits.js';
import { HOSTILE, LONG } from '../../../test/builders/slack-states.js';
import type { BudgetVerdict, Showback, ShowbackRow } from '../../quotas/index.js';
import { costWordsOf } from './cost.view.js';
import { costPicture, mainCurrency, pictureWords } from './cost-picture.js';
import { pngOf } from './png.js';

const titles = { team: (id: string) => (id === 'payments' ? 'Payments' : id), item: (name: string) => name };
const row = (change: Partial<ShowbackRow> = {}): ShowbackRow => ({
  teamId: 'payments',
  itemName: 'postgres-database',
  environment: 'production',
  currency: 'EUR',
  resources: 2,
  spent: 61.5,
  expected: 120.25,
  ...change,
});
const showback = (rows: ShowbackRow[], isOver = false): Showback => ({ month: '2026-11', isOver, rows });
const NOVEMBER = showback([
  row(),
  row({ environment: 'development', spent: 20, expected: 30 }),
  row({ itemName: 'demo-service', environment: 'staging', spent: 0.001, expected: 0.001, resources: 1 }),
  row({ teamId: 'security', itemName: 'vault', spent: 12, expected: 12, resources: 1 }),
]);
const verdict: BudgetVerdict = {
  state: 'warn',
  month: '2026-11',
  currency: 'EUR',
  budget: 200,
  warnAt: 150,
  blockAt: 200,
  committed: 162.25,
  adds: 0,
};

describe('a month of cost', () => {
  it('is told in numbers: totals, budgets, and each item by team and environment', () => {
    const words = costWordsOf({
      showback: NOVEMBER,
      titles,
      budgets: [{ teamId: 'payments', verdict }],
      picture: 'P.',
    });
    expect(complaintsAboutMessage(words)).toEqual([]);
    expect(words).toMatchSnapshot();
  });

  it('that is over expects nothing, and one without any cost says so', () => {
    const over = costWordsOf({ showback: showback([row()], true), titles, budgets: [], picture: '' });
    expect(JSON.stringify(over)).not.toContain('expected');
    expect(costWordsOf({ showback: showback([]), titles, budgets: [], picture: '' }).text).toBe(
      'Nothing cost anything in November 2026.',
    );
  });

  it('keeps Slack’s limits and everybody’s names harmless, however many there are', () => {
    const rows = Array.from({ length: 400 }, (_, n) =>
      row({ teamId: `team-${n % 60}`, itemName: n % 2 === 0 ? HOSTILE : LONG, environment: `e${n}` }),
    );
    const words = costWordsOf({ showback: showback(rows), titles, budgets: [], picture: '' });
    expect(complaintsAboutMessage(words)).toEqual([]);
    expect(JSON.stringify(words.blocks)).not.toContain('<!channel>');
    expect(pictureWords(showback(rows), titles).length).toBeLessThanOrEqual(1000);
  });
});

describe('its picture', () => {
  it('has a bar for each team, item and environment, the longest for the dearest', () => {
    const svg = costPicture(NOVEMBER, titles);
    for (const label of ['Payments', 'security', 'postgres-database', 'vault', 'production', 'staging'])
      expect(svg).toContain(`>${label}</text>`);
    expect(svg).toContain('November 2026: 93.50 € so far, 162.25 € expected');
    expect(svg).toMatchSnapshot();
  });

  it('puts small ones together, and is the same size for a hundred items', () => {
    const rows = Array.from({ length: 100 }, (_, n) => row({ itemName: `item-${n}`, expected: 100 - n, spent: 1 }));
    const svg = costPicture(showback(rows), titles);
    expect(svg).toContain('>93 others</text>');
    expect(svg.length).toBeLessThan(12_000);
  });

  it('never mixes currencies: it shows the one that costs most', () => {
    const mixed = showback([row({ currency: 'USD', expected: 500, itemName: 'dollars' }), row({ itemName: 'euros' })]);
    expect(mainCurrency(mixed)).toBe('USD');
    expect(costPicture(mixed, titles)).not.toContain('euros');
    expect(JSON.stringify(costWordsOf({ showback: mixed, titles, budgets: [], picture: '' }))).toContain('euros');
  });

  it.each([
    ['markup', HOSTILE],
    ['thousands of letters', LONG],
    ['XML and control characters', ']]>&"\'\u0000\u0008<script>'],
    ['nothing', ''],
  ])('is a PNG whatever things are called: %s', async (_what, name) => {
    const png = await pngOf(costPicture(showback([row({ itemName: name, environment: name })]), titles));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  });

  it('says in words what it shows', () => {
    expect(pictureWords(NOVEMBER, titles)).toBe(
      'Bar chart. November 2026: 93.50 € so far, 162.25 € expected. By team: Payments 81.50 €, security 12.00 €. By item: postgres-database 81.50 €, vault 12.00 €, demo-service under 0.01 €. By environment: production 73.50 €, development 20.00 €, staging under 0.01 €.',
    );
  });
});
