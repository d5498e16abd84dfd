import type { Delivery } from '../../secrets/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, section } from '../text/blocks.js';
import { dateWords, escape } from '../text/mrkdwn.js';

/**
 * How to fetch the credentials. Holds the one-time way itself, so it is said to that person only and skips the redactor; the
 * value is not in it.
 */
export function deliveryWords(title: string, delivery: Delivery): Words {
  const name = escape(title, 200);
  const until = dateWords(delivery.expiresAt);
  if (delivery.kind === 'wrapped') {
    return {
      text: 'How to fetch the credentials, once.',
      verbatim: true,
      blocks: [
        section(
          `🔑 The credentials of *${name}* are in Vault. Run this, once, until ${until}:\n\`\`\`${escape(delivery.command, 2000)}\`\`\``,
        ),
        context(
          'It works one time only. If it says that the token was used already, somebody else had it: tell security, and press Show me how again.',
        ),
      ],
    };
  }
  return {
    text: 'How to fetch the credentials, once.',
    verbatim: true,
    blocks: [
      section(`🔑 The credentials of *${name}* are behind a link that works once, for you, until ${until}.`),
      section(
        '1. Open the link and press *Continue*. It shows a number.\n2. I ask you in our direct messages whether that number is yours. Press *It’s me*.\n3. The page shows the credentials, once. Keep them in your password manager, never in a message.',
      ),
      ...buttons('secret_link', [
        {
          action: ACTIONS.openLink,
          label: 'Open the one-time link',
          says: `Open the one-time link for ${title}`,
          url: delivery.url,
          style: 'primary',
        },
      ]),
    ],
  };
}

/** The question after it was answered. */
export function answeredWords(isMe: boolean): Words {
  const text = isMe
    ? '🔑 You confirmed the number. Your browser shows the credentials now, once.'
    : '⛔ You said that the browser is not yours. The link is dead and nothing was shown. If you did not press Show me how, tell security.';
  return { text, blocks: [section(text)] };
}
