import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Pin } from '../../lifecycle/index.js';
import type { Resource } from '../../resources/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { type ButtonWish, context, section } from '../text/blocks.js';
import { dateWords, escape, mention, plain } from '../text/mrkdwn.js';

export const PIN_UNTIL = { block: 'until', action: 'value' } as const;
export const PIN_REASON = { block: 'reason', action: 'value' } as const;

export function notNow(resourceId: string, title: string): ButtonWish {
  const says = `Put the upgrade of ${title} off for a while`;
  return { action: ACTIONS.pinUpgrade, label: 'Not now…', says, value: resourceId };
}

export function allowAgain(resourceId: string, title: string): ButtonWish {
  const says = `Let ${title} be upgraded again`;
  return { action: ACTIONS.unpinUpgrade, label: 'Don’t put it off', says, value: resourceId };
}

export function pinBlocks(pin: Pin | null): KnownBlock[] {
  if (pin === null) return [];
  const { until, personId, reason } = pin;
  return [
    context(`📌 Its upgrade is put off until ${dateWords(until)}, by ${mention(personId)}: ${escape(reason, 300)}`),
  ];
}

/** Why not now, and until when. */
export function pinModal(resource: Resource, { initial, last }: { initial: string; last: string }): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.pinUpgrade,
    private_metadata: JSON.stringify({ resource: resource.id }),
    title: plain('Not now', 24),
    submit: plain('Put it off', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `*${escape(resource.title, 200)}* is left out when its item is upgraded for everybody. You are told when the day has come; then it is upgraded with the rest. You can still upgrade it yourself before.`,
      ),
      {
        type: 'input',
        block_id: PIN_UNTIL.block,
        label: plain('Until', 100),
        hint: plain(`At the latest ${last}.`, 200),
        element: { type: 'datepicker', action_id: PIN_UNTIL.action, initial_date: initial },
      },
      {
        type: 'input',
        block_id: PIN_REASON.block,
        label: plain('Why not now?', 100),
        hint: plain('Whoever upgrades it for everybody reads this.', 200),
        element: { type: 'plain_text_input', action_id: PIN_REASON.action, multiline: true, max_length: 500 },
      },
    ],
  };
}
