import type { ModalView } from '@slack/web-api';
import type { Approval } from '../../approvals/index.js';
import { CALLBACKS } from '../action-ids.js';
import { section } from '../text/blocks.js';
import { escape, mention, plain } from '../text/mrkdwn.js';

export const DENIAL = { block: 'reason', action: 'value' } as const;

/** A denial says why, so that the requester knows what to change. */
export function denyModal(approval: Approval): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.denyReason,
    private_metadata: JSON.stringify({ approval: approval.id }),
    title: plain('Deny', 24),
    submit: plain('Deny', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`*${escape(approval.title, 300)}*, asked by ${mention(approval.requesterId)}`),
      {
        type: 'input',
        block_id: DENIAL.block,
        label: plain('Why?', 100),
        hint: plain('The requester reads this.', 100),
        element: {
          type: 'plain_text_input',
          action_id: DENIAL.action,
          multiline: true,
          min_length: 3,
          max_length: 500,
        },
      },
    ],
  };
}
