import type { ActionsBlock, InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import type { Facet, FoundItem, SearchPage } from '../../browsing/index.js';
import { isOffered } from '../../catalog/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { type ButtonWish, buttons, context, divider, section } from '../text/blocks.js';
import { code, escape, hoursWords, plain } from '../text/mrkdwn.js';
import { ANY, type BrowserState, metadataOfBrowser } from './browser-state.js';

export interface BrowserPage {
  readonly state: BrowserState;
  readonly found: SearchPage;
  /** By team id. */
  readonly teams: ReadonlyMap<string, string>;
}

/** Slack takes 100 options; one stands for all. */
const MAX_OPTIONS = 99;
const SORTS = { best: 'Best first', popular: 'Most requested', title: 'By title' } as const;

/** The whole catalog in a modal: a search box, tag, team and order, and a page of what was found. */
export function browserModal({ state, found, teams }: BrowserPage): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.catalog,
    private_metadata: metadataOfBrowser(state),
    title: plain('Catalog', 24),
    submit: plain('Search', 24),
    close: plain('Close', 24),
    blocks: [
      searchBox(state.query.words),
      filters(state, found, teams),
      section(`*${countWords(found)}*`),
      ...found.found.flatMap((one) => itemBlocks(one, teams)),
      ...turning(found),
    ],
  };
}

/** One item in a list, with its buttons. */
export function itemBlocks({ item, requested }: FoundItem, teams: ReadonlyMap<string, string>): KnownBlock[] {
  const { name, title, summary, tags, owner, version, environments, lease } = item;
  const standing = { active: '', draft: ' · 📝 draft', deprecated: ' · ⚠️ deprecated', retired: ' · 🚫 retired' };
  const facts = [
    code(name),
    code(version),
    environments.map((one) => escape(one, 40)).join(', '),
    `by ${escape(teams.get(owner) ?? owner, 60)}`,
    `lease ${hoursWords(lease.defaultHours)}, at most ${hoursWords(lease.maxHours)}`,
    requested === 0 ? '' : `requested ${requested === 1 ? 'once' : `${requested.toLocaleString('en')} times`}`,
    tags.map((tag) => `#${escape(tag, 40)}`).join(' '),
  ];
  const request: ButtonWish = {
    action: ACTIONS.requestItem,
    label: 'Request',
    says: `Request ${title}`,
    value: name,
    style: 'primary',
  };
  const details: ButtonWish = {
    action: ACTIONS.itemDetails,
    label: 'Details',
    says: `Details of ${title}`,
    value: name,
  };
  const offered = isOffered(item);
  return [
    section(`*${escape(title, 150)}*${standing[item.lifecycle]}\n${escape(summary, 600)}`),
    context(facts.filter((fact) => fact !== '').join(' · ')),
    ...buttons(`item_${name}`, offered ? [request, details] : [details]),
  ];
}

function searchBox(words: string): InputBlock {
  return {
    type: 'input',
    block_id: 'catalog_words',
    label: plain('Search', 100),
    hint: plain('By name, purpose or tag.', 150),
    optional: true,
    dispatch_action: true,
    element: {
      type: 'plain_text_input',
      action_id: ACTIONS.catalogWords,
      placeholder: plain('database', 100),
      max_length: 200,
      ...(words !== '' && { initial_value: words }),
      dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
    },
  };
}

function filters({ query }: BrowserState, { facets }: SearchPage, teams: ReadonlyMap<string, string>): ActionsBlock {
  const select = (
    action: string,
    label: string,
    options: PlainTextOption[],
    value: string,
  ): ActionsBlock['elements'][number] => {
    const initial = options.find((option) => option.value === value);
    return {
      type: 'static_select',
      action_id: action,
      placeholder: plain(label, 75),
      options,
      ...(initial !== undefined && { initial_option: initial }),
    };
  };
  const all = (word: string): PlainTextOption => ({ text: plain(word, 75), value: ANY });
  const owner = (one: Facet): PlainTextOption => optionOf(one, teams.get(one.name) ?? one.name);
  return {
    type: 'actions',
    block_id: 'catalog_filters',
    elements: [
      select(
        ACTIONS.catalogTag,
        'Tag',
        [all('All tags'), ...facets.tags.slice(0, MAX_OPTIONS).map((one) => optionOf(one))],
        query.tag ?? ANY,
      ),
      select(
        ACTIONS.catalogOwner,
        'Team',
        [all('All teams'), ...facets.owners.slice(0, MAX_OPTIONS).map(owner)],
        query.owner ?? ANY,
      ),
      select(
        ACTIONS.catalogSort,
        'Order',
        Object.entries(SORTS).map(([value, text]) => ({ text: plain(text, 75), value })),
        query.sort,
      ),
    ],
  };
}

function optionOf({ name, count }: Facet, title = name): PlainTextOption {
  const words = plain(title, 60).text;
  return { text: plain(`${words} (${count})`, 75), value: name.slice(0, 150) };
}

function countWords({ total, page, pages }: SearchPage): string {
  if (total === 0) return 'Nothing fits. Search for less, or for all tags and teams.';
  const count = total === 1 ? '1 item' : `${total.toLocaleString('en')} items`;
  return pages === 1 ? count : `${count} · page ${page + 1} of ${pages}`;
}

function turning({ page, pages }: SearchPage): KnownBlock[] {
  if (pages === 1) return [];
  const back: ButtonWish = {
    action: ACTIONS.catalogPrevious,
    label: '‹ Back',
    says: 'The page before',
    value: `${page}`,
  };
  const next: ButtonWish = { action: ACTIONS.catalogNext, label: 'More ›', says: 'The next page', value: `${page}` };
  return [divider, ...buttons('catalog_pages', [...(page > 0 ? [back] : []), ...(page < pages - 1 ? [next] : [])])];
}
