import {
  complaintsAboutMessage,
  complaintsAboutView,
  mrkdwnOf,
  silentButtons,
} from '../../../test/builders/block-kit-limits.js';
import { HOSTILE, LONG } from '../../../test/builders/slack-states.js';
import type { FoundItem, ItemDetails, SearchPage } from '../../browsing/index.js';
import type { CatalogItem } from '../../catalog/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { browserModal } from './browser.view.js';
import { browserAfter, browserMetadata } from './browser-state.js';
import { catalogWords } from './catalog.view.js';
import { itemDetailsModal, itemVersionsModal } from './item-details.view.js';

const HARM = /<!channel>|<https:\/\/evil|\u202E/;
const item: CatalogItem = {
  name: 'orders-database',
  title: 'Orders database',
  summary: 'A database for orders.',
  version: '1.4.0',
  digest: 'sha256:2',
  owner: 'platform',
  tags: ['database'],
  environments: ['development', 'production'],
  parameters: { type: 'object', required: [], additionalProperties: false, properties: {} },
  lease: { defaultHours: 24, maxHours: 48, warnHoursBefore: 4, extendHours: 24 },
  steps: [],
  outputs: {},
  resource: { kind: 'demo', title: 'x' },
  file: 'x.yaml',
  lifecycle: 'active',
  reviewBy: '2026-11-01',
  docs: 'https://wiki.example.com/orders',
  cost: [{ price: 'x', quantity: 1 }],
};
const hostile: CatalogItem = {
  ...item,
  name: 'hostile',
  title: HOSTILE,
  summary: LONG,
  tags: [HOSTILE],
  owner: HOSTILE,
  lifecycle: 'deprecated',
};
const teams = new Map([['platform', 'Platform']]);
const about = { owner: 'Platform', command: '/qm', today: new Date('2026-11-23T12:00:00Z') };
const query = { words: 'database', tag: 'database', owner: null, sort: 'best' } as const;

function pageOf(found: readonly FoundItem[], more: Partial<SearchPage> = {}): SearchPage {
  const facets = {
    tags: Array.from({ length: 200 }, (_, n) => ({ name: `tag-${n}`, count: n })),
    owners: [
      { name: 'platform', count: 3 },
      { name: HOSTILE, count: 1 },
    ],
  };
  return { total: found.length, page: 0, pages: 1, found, facets, ...more };
}

const details: ItemDetails = {
  item,
  successor: null,
  cost: { currency: 'EUR', hourly: 0.1, monthly: 73, once: 5, untilEnd: 10, lines: [], missing: [] },
  timings: { measured: 50, median: 31, slowest: 190, approval: 5400 },
  requested: 1234,
  answers: [
    { environment: 'development', outcome: 'allow', words: '' },
    { environment: 'production', outcome: 'needs-approval', words: '1 lead of Payments' },
  ],
  runbooks: [
    { title: 'Too many connections', url: null },
    { title: 'https://wiki.example.com/r', url: 'https://wiki.example.com/r' },
  ],
  versions: [
    {
      version: '1.4.0',
      since: new Date('2026-11-20T08:00:00Z'),
      before: '1.3.0',
      changes: ['@@ line 3 @@', '-a: 1', '+a: 2'],
    },
    { version: '1.3.0', since: new Date('2026-10-20T08:00:00Z'), before: null, changes: [] },
  ],
};
const endless = {
  version: '2.0.0',
  since: new Date(0),
  before: '1.0.0',
  changes: Array.from({ length: 900 }, () => `+${HOSTILE}\`\`\``),
};

const MODALS = {
  'the browser': browserModal({
    state: { query, page: 1, channel: 'C1' },
    found: pageOf([{ item, requested: 1234 }], { total: 20, page: 1, pages: 3 }),
    teams,
  }),
  'the browser with nothing found': browserModal({
    state: { query, page: 0, channel: null },
    found: pageOf([]),
    teams,
  }),
  'the browser, full of hostile items': browserModal({
    state: { query: { ...query, words: HOSTILE }, page: 0, channel: null },
    found: pageOf(Array.from({ length: 8 }, (_, n) => ({ item: { ...hostile, name: `h-${n}` }, requested: 0 }))),
    teams,
  }),
  details: itemDetailsModal(details, about),
  'details of a hostile item': itemDetailsModal(
    {
      ...details,
      successor: { ...hostile, lifecycle: 'active' },
      item: hostile,
      timings: null,
      cost: null,
      answers: Array.from({ length: 30 }, () => ({ environment: HOSTILE, outcome: 'deny' as const, words: LONG })),
      runbooks: Array.from({ length: 30 }, () => ({ title: HOSTILE, url: null })),
    },
    about,
  ),
  'what versions changed': itemVersionsModal(item, details.versions),
  'what versions changed, without end': itemVersionsModal(item, [endless, endless]),
};

describe('the catalog', () => {
  it.each(Object.entries(MODALS))('%s', (name, view) => {
    expect(complaintsAboutView(view)).toEqual([]);
    expect(silentButtons(view.blocks as never)).toEqual([]);
    expect(mrkdwnOf({ text: '', blocks: view.blocks })).not.toMatch(HARM);
    if (!name.includes('hostile') && !name.includes('without end')) expect(view).toMatchSnapshot();
  });

  it('fits into a message, however much there is', () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ item: { ...hostile, name: `h-${n}` }, requested: 1 }));
    const words = catalogWords(pageOf(many), HOSTILE, { teams, command: '/qm' });
    expect(complaintsAboutMessage(words)).toEqual([]);
    expect(mrkdwnOf(words)).not.toMatch(HARM);
    expect(catalogWords(pageOf([]), 'x', { teams, command: '/qm' }).text).toContain('nothing for “x”');
  });
});

describe('what a click in the browser leads to', () => {
  const metadata = browserMetadata.parse({ words: 'old', tag: 'a', owner: 'platform', page: 4 });
  const chosen = (value: string) => ({ selected_option: { value } });
  const values = { catalog_words: { [ACTIONS.catalogWords]: { value: 'new words' } } };

  it('keeps everything but the page when another tag is chosen, with the words as they stand', () => {
    const state = browserAfter(metadata, values, { action_id: ACTIONS.catalogTag, ...chosen('b') });
    expect(state.query).toEqual({ words: 'new words', tag: 'b', owner: 'platform', sort: 'best' });
    expect(state.page).toBe(0);
  });

  it('turns the page and keeps all else', () => {
    expect(browserAfter(metadata, {}, { action_id: ACTIONS.catalogNext, value: '4' })).toMatchObject({ page: 5 });
    expect(browserAfter(metadata, {}, { action_id: ACTIONS.catalogPrevious, value: '4' })).toMatchObject({ page: 3 });
  });

  it('lifts a limit, and takes nothing for an order that is none', () => {
    const state = browserAfter(metadata, {}, { action_id: ACTIONS.catalogOwner, ...chosen('*') });
    expect(state.query.owner).toBeNull();
    expect(browserAfter(metadata, {}, { action_id: ACTIONS.catalogSort, ...chosen('x') }).query.sort).toBe('best');
    const sent = browserAfter(metadata, values, { action_id: CALLBACKS.catalog });
    expect(sent).toMatchObject({ page: 0, query: { words: 'new words', tag: 'a' } });
    const emptied = browserAfter(metadata, {}, { action_id: ACTIONS.catalogWords, value: null });
    expect(emptied.query.words).toBe('');
  });
});
