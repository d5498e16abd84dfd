import type { KnownBlock, ModalView } from '@slack/web-api';
import { type CatalogItem, lifecycleSentence } from '../../catalog/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { type ButtonWish, buttons, section } from '../text/blocks.js';
import { escape, plain } from '../text/mrkdwn.js';

type Successor = Pick<CatalogItem, 'name' | 'title'>;

/** What to know about where an item stands in its life, with the way to what takes its place. */
export function standingBlocks(item: CatalogItem, successor: Successor | null): KnownBlock[] {
  const sentence = lifecycleSentence(item);
  if (sentence === null) return [];
  return [
    section(`⚠️ ${escape(sentence, 600)}`),
    ...buttons(`successor_of_${item.name}`, successor === null ? [] : [instead(successor)]),
  ];
}

/** In place of a form that could only be refused. */
export function notOfferedModal(item: CatalogItem, successor: Successor | null): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.notOffered,
    title: plain(item.title, 24),
    close: plain('Close', 24),
    blocks: [
      section(`*${escape(item.title, 150)}*\n${escape(item.summary, 1500)}`),
      ...standingBlocks(item, successor),
      ...buttons('not_offered', [
        { action: ACTIONS.itemDetails, label: 'Details', says: `Details of ${item.title}`, value: item.name },
        { action: ACTIONS.showCatalog, label: 'What else there is', says: 'Open the catalog', value: 'all' },
      ]),
    ],
  };
}

function instead({ name, title }: Successor): ButtonWish {
  return {
    action: ACTIONS.requestItem,
    label: `Request ${title}`,
    says: `Request ${title} instead`,
    value: name,
    style: 'primary',
  };
}
