import type { ModalView } from '@slack/web-api';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { buttons, context, section } from '../text/blocks.js';
import { dateWords, escape, plain } from '../text/mrkdwn.js';
import { FORM } from './form-places.js';

export interface SecretAsked {
  readonly draftId: string;
  readonly label: string;
  readonly itemTitle: string;
}

/** The block of the number. */
export const NUMBER = 'number';

/** The way to the one-time page. Holds the link, so it is shown to that person only; the value is never in it. */
export function giveSecretModal(
  { draftId, label, itemTitle }: SecretAsked,
  page: { readonly id: string; readonly url: string; readonly expiresAt: Date },
): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.giveSecret,
    private_metadata: JSON.stringify({ draft: draftId, intake: page.id }),
    title: plain('Give a secret', 24),
    submit: plain('Confirm', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `🔒 *${escape(label, 150)}* of *${escape(itemTitle, 150)}* never passes through Slack. You type it on a page that opens once, for you, until ${dateWords(page.expiresAt)}.`,
      ),
      section(
        '1. Open the page and press *Continue*. It shows a number.\n2. Type that number below and press *Confirm*.\n3. Type the secret on the page and press *Keep it*. This form goes on by itself.',
      ),
      ...buttons('secret_page', [
        {
          action: ACTIONS.openLink,
          label: 'Open the one-time page',
          says: `Open the one-time page for ${label}`,
          url: page.url,
          style: 'primary',
        },
        back(draftId),
      ]),
      {
        type: 'input',
        block_id: NUMBER,
        label: plain('The number on the page', 100),
        hint: plain(
          'Two digits, so that it is certain that the page is open in your browser. Not the secret itself!',
          200,
        ),
        element: { type: 'plain_text_input', action_id: FORM.value, max_length: 2, placeholder: plain('42', 10) },
      },
    ],
  };
}

/** The number was right: now it is up to the page. */
export function secretConfirmedModal(draftId: string): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.giveSecret,
    title: plain('Give a secret', 24),
    close: plain('Cancel', 24),
    blocks: [
      section('✅ Confirmed. The page in your browser asks for the secret now: type it there and press *Keep it*.'),
      context('The form comes back here by itself when it is done.'),
      ...buttons('secret_page', [back(draftId)]),
    ],
  };
}

function back(draftId: string): { action: string; label: string; says: string; value: string } {
  return {
    action: ACTIONS.backToForm,
    label: '← Back to the form',
    says: 'Back to the form; what you typed is kept',
    value: draftId,
  };
}
