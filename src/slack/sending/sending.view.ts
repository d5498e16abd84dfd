import type { ModalView } from '@slack/web-api';
import { context, section } from '../text/blocks.js';
import { plain } from '../text/mrkdwn.js';

/** While others are opened first. */
export function sendingModal(): ModalView {
  return {
    type: 'modal',
    callback_id: 'sending',
    title: plain('Sending', 24),
    close: plain('Close', 24),
    blocks: [
      section('⏳ Your request is kept and will be opened in a moment: many people are sending one just now.'),
      context('This changes by itself. You may close it, too: a card or a message tells how it goes on.'),
    ],
  };
}

export function sentModal(sentence: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'sent',
    title: plain('Sent', 24),
    close: plain('Close', 24),
    blocks: [section(`✅ ${sentence}`)],
  };
}
