import { moneyWords, monthWords, type Showback, type ShowbackRow } from '../../quotas/index.js';

/** One bar: what was spent, and up to where it will go. */
interface Bar {
  readonly label: string;
  readonly spent: number;
  readonly expected: number;
}

const WIDTH = 960;
const LABELS = 250;
const AMOUNTS = 210;
const EDGE = 28;
const BAR_HEIGHT = 22;
const BAR_STEP = 34;
const MOST_BARS = 8;
const FONT = 'DejaVu Sans';
const COLOURS = {
  paper: '#ffffff',
  ink: '#1d1c1d',
  faint: '#5c5960',
  line: '#e3e1e6',
  spent: '#1264a3',
  expected: '#9cc7ea',
};

const SECTIONS: readonly { title: string; key: (row: ShowbackRow, titles: Titles) => string }[] = [
  { title: 'By team', key: ({ teamId }, { team }) => team(teamId) },
  { title: 'By item', key: ({ itemName }, { item }) => item(itemName) },
  { title: 'By environment', key: ({ environment }) => environment },
];

/** How ids are called for people. */
export interface Titles {
  readonly team: (id: string) => string;
  readonly item: (name: string) => string;
}

/** Pure: a month as bars, in SVG. Only amounts of one currency can stand beside each other: the one that costs most. */
export function costPicture(showback: Showback, titles: Titles): string {
  const currency = mainCurrency(showback);
  const rows = showback.rows.filter((row) => row.currency === currency);
  const parts: string[] = [];
  let y = EDGE + 24;
  parts.push(text(EDGE, y, heading(showback, rows, currency), { size: 22, bold: true }));
  y += 30;
  parts.push(...legend(y, showback.isOver));
  y += 20;
  for (const { title, key } of SECTIONS) {
    const bars = barsOf(rows, (row) => key(row, titles));
    if (bars.length === 0 || (title === 'By team' && bars.length === 1)) continue;
    y += 30;
    parts.push(text(EDGE, y, title, { size: 16, bold: true }));
    y += 16;
    const longest = Math.max(...bars.map(({ spent, expected }) => Math.max(spent, expected)));
    for (const bar of bars) {
      parts.push(barOf(bar, y, longest, currency));
      y += BAR_STEP;
    }
  }
  const height = y + EDGE;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"><rect width="${WIDTH}" height="${height}" fill="${COLOURS.paper}"/>${parts.join('')}</svg>`;
}

/** What the picture says, for those who can't see it. Slack takes 1,000 characters. */
export function pictureWords(showback: Showback, titles: Titles): string {
  const currency = mainCurrency(showback);
  const rows = showback.rows.filter((row) => row.currency === currency);
  const sections = SECTIONS.map(({ title, key }) => {
    const bars = barsOf(rows, (row) => key(row, titles));
    return `${title}: ${bars.map(({ label, spent }) => `${label} ${moneyWords(spent, currency)}`).join(', ')}.`;
  });
  const words = `Bar chart. ${heading(showback, rows, currency)}. ${sections.join(' ')}`;
  return words.length <= 1000 ? words : `${words.slice(0, 999)}…`;
}

export function mainCurrency({ rows }: Showback): string {
  const sums = new Map<string, number>();
  for (const { currency, expected } of rows) sums.set(currency, (sums.get(currency) ?? 0) + expected);
  const [first] = [...sums].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 'EUR';
}

function heading({ month, isOver }: Showback, rows: readonly ShowbackRow[], currency: string): string {
  const spent = moneyWords(sum(rows, 'spent'), currency);
  return isOver
    ? `${monthWords(month)}: ${spent}`
    : `${monthWords(month)}: ${spent} so far, ${moneyWords(sum(rows, 'expected'), currency)} expected`;
}

function sum(rows: readonly ShowbackRow[], what: 'spent' | 'expected'): number {
  return rows.reduce((total, row) => total + row[what], 0);
}

function barsOf(rows: readonly ShowbackRow[], label: (row: ShowbackRow) => string): Bar[] {
  const groups = new Map<string, ShowbackRow[]>();
  for (const row of rows) groups.set(label(row), [...(groups.get(label(row)) ?? []), row]);
  const bars = [...groups]
    .map(([name, group]) => ({ label: name, spent: sum(group, 'spent'), expected: sum(group, 'expected') }))
    .sort((a, b) => b.expected - a.expected);
  if (bars.length <= MOST_BARS) return bars;
  const rest = bars.slice(MOST_BARS - 1);
  const others = rest.reduce(
    (all, bar) => ({ ...all, spent: all.spent + bar.spent, expected: all.expected + bar.expected }),
    {
      label: `${rest.length} others`,
      spent: 0,
      expected: 0,
    },
  );
  return [...bars.slice(0, MOST_BARS - 1), others];
}

function barOf({ label, spent, expected }: Bar, y: number, longest: number, currency: string): string {
  const room = WIDTH - 2 * EDGE - LABELS - AMOUNTS;
  const width = (amount: number): number => (longest === 0 ? 0 : Math.round((amount / longest) * room));
  const x = EDGE + LABELS;
  const middle = y + BAR_HEIGHT / 2 + 5;
  const amounts =
    spent === expected
      ? moneyWords(spent, currency)
      : `${moneyWords(spent, currency)} / ${moneyWords(expected, currency)}`;
  return [
    text(EDGE, middle, shortened(label), { size: 14 }),
    rect(x, y, room, COLOURS.line, 1),
    rect(x, y, width(expected), COLOURS.expected),
    rect(x, y, width(spent), COLOURS.spent),
    text(WIDTH - EDGE, middle, amounts, { size: 14, end: true }),
  ].join('');
}

function legend(y: number, isOver: boolean): string[] {
  const items = isOver
    ? ([['spent', 'spent']] as const)
    : ([
        ['spent', 'spent so far'],
        ['expected', 'expected by the end of the month'],
      ] as const);
  return items.map(
    ([colour, words], index) =>
      `<rect x="${EDGE + index * 170}" y="${y - 11}" width="12" height="12" rx="3" fill="${COLOURS[colour]}"/>${text(EDGE + index * 170 + 20, y, words, { size: 13, faint: true })}`,
  );
}

function rect(x: number, y: number, width: number, fill: string, height = BAR_HEIGHT): string {
  if (width <= 0) return '';
  const top = height === BAR_HEIGHT ? y : y + BAR_HEIGHT / 2;
  return `<rect x="${x}" y="${top}" width="${width}" height="${height}" rx="${height === BAR_HEIGHT ? 4 : 0}" fill="${fill}"/>`;
}

function text(
  x: number,
  y: number,
  words: string,
  look: { size: number; bold?: boolean; end?: boolean; faint?: boolean },
): string {
  const { size, bold = false, end = false, faint = false } = look;
  return `<text x="${x}" y="${y}" font-family="${FONT}" font-size="${size}"${bold ? ' font-weight="bold"' : ''}${end ? ' text-anchor="end"' : ''} fill="${faint ? COLOURS.faint : COLOURS.ink}">${xml(words)}</text>`;
}

function shortened(label: string): string {
  const letters = Array.from(label);
  return letters.length <= 30 ? label : `${letters.slice(0, 29).join('')}…`;
}

/** Whatever somebody called a thing stays text. */
function xml(words: string): string {
  return words
    .replaceAll(/[^\P{C}]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
