import type { KnownBlock, ModalView } from '@slack/web-api';
import type { UpgradePlan } from '../../browsing/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { differenceBlock } from '../catalog/item-details.view.js';
import { buttons, context, fitting, lines, section } from '../text/blocks.js';
import { code, escape, plain } from '../text/mrkdwn.js';

const ICONS = { create: '🆕', change: '✏️', destroy: '🗑️', none: '➖', unknown: '❔', cannot: '⛔' } as const;
const MAX_MODAL_BLOCKS = 100;

/** What the newest version would make of a resource, and how it differs from the one that made it. */
export function upgradeModal({ resource, item, differences, changes, missing }: UpgradePlan): ModalView {
  const blocks: KnownBlock[] = [
    section(
      `*${escape(resource.title, 200)}* was made by ${code(item.name)} ${escape(resource.itemVersion, 40)}. The newest is *${escape(item.version, 40)}*.`,
    ),
    ...outlook(changes, missing),
    context(
      'Nothing is changed in place: to have it made by the new version, request it anew, move over, and destroy this one. Until then it goes on as it is.',
    ),
    ...buttons(`upgrade_${resource.id}`, [
      {
        action: ACTIONS.requestItem,
        label: `Request ${item.version}`,
        says: `Request ${item.title} ${item.version}`,
        value: item.name,
      },
    ]),
    section('*What the item changed*'),
    differences === null ? context('The old version is not known any more.') : differenceBlock(differences),
  ];
  return {
    type: 'modal',
    callback_id: CALLBACKS.upgrade,
    title: plain('A newer version', 24),
    close: plain('Close', 24),
    blocks: fitting(blocks, MAX_MODAL_BLOCKS),
  };
}

function outlook(changes: UpgradePlan['changes'], missing: UpgradePlan['missing']): KnownBlock[] {
  if (missing.length > 0)
    return [
      section(`*It asks for more than was given*\n${lines(missing.map((message) => `• ${escape(message, 400)}`))}`),
    ];
  const planned = changes.map(
    ({ kind, title, summary }) => `${ICONS[kind]} *${escape(title, 150)}*: ${escape(summary, 400)}`,
  );
  return [section(`*What its steps would do with the same parameters*\n${lines(planned)}`)];
}
