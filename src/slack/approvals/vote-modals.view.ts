import type { ModalView } from '@slack/web-api';
import type { Approval } from '../../approvals/index.js';
import { CALLBACKS } from '../action-ids.js';
import { section } from '../text/blocks.js';
import { escape, mention, plain } from '../text/mrkdwn.js';

export const REASON = { block: 'reason', action: 'value' } as const;

/** A denial says why, so that the requester knows what to change. */
export function denyModal(approval: Approval): ModalView {
  return voteModal(approval, {
    callback: CALLBACKS.denyReason,
    title: 'Deny',
    hint: 'The requester reads this, and can change the request and ask again.',
    optional: false,
  });
}

/** A yes needs no reason, but may have one. */
export function approveModal(approval: Approval): ModalView {
  return voteModal(approval, {
    callback: CALLBACKS.approveNote,
    title: 'Approve',
    hint: 'It stands on the card, for everybody to read.',
    optional: true,
  });
}

function voteModal(
  approval: Approval,
  { callback, title, hint, optional }: { callback: string; title: string; hint: string; optional: boolean },
): ModalView {
  return {
    type: 'modal',
    callback_id: callback,
    private_metadata: JSON.stringify({ approval: approval.id }),
    title: plain(title, 24),
    submit: plain(title, 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`*${escape(approval.title, 300)}*, asked by ${mention(approval.requesterId)}`),
      {
        type: 'input',
        block_id: REASON.block,
        optional,
        label: plain('Why?', 100),
        hint: plain(hint, 100),
        element: {
          type: 'plain_text_input',
          action_id: REASON.action,
          multiline: true,
          ...(!optional && { min_length: 3 }),
          max_length: 500,
        },
      },
    ],
  };
}
