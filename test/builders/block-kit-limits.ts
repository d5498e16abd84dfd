import type { KnownBlock, View } from '@slack/web-api';
import { checkBlocks } from '../../src/playground/block-kit/check-blocks.js';
import { checkView } from '../../src/playground/block-kit/check-view.js';
import type { Words } from '../../src/slack/slack-feature.js';

/** What Slack would say against a message: empty when it takes it. Judged by the playground, which knows Slack's limits. */
export function complaintsAboutMessage({ text, blocks = [] }: Words): string[] {
  const plain = text === '' || text.length > 40_000 ? ['text is missing or too long'] : [];
  const checked = checkBlocks(onceSent(blocks), 'message');
  return checked.ok ? plain : [...plain, ...checked.messages];
}

/** What Slack would say against a modal or a Home. */
export function complaintsAboutView(view: View): string[] {
  const checked = checkView(onceSent(view), view.type === 'home' ? 'home' : 'modal');
  return checked.ok ? [] : checked.messages;
}

/** Every button has words for screen readers. */
export function silentButtons(blocks: readonly KnownBlock[]): unknown[] {
  const all: unknown[] = [];
  JSON.stringify(blocks, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'button') all.push(value);
    return value;
  });
  return all.filter((one) => typeof one === 'object' && one !== null && !('accessibility_label' in one));
}

/** All that Slack reads as mrkdwn, where a mention or a link would work; the top-level text too. */
export function mrkdwnOf({ text, blocks = [] }: { text: string; blocks?: readonly unknown[] }): string {
  const found: string[] = [text];
  JSON.stringify(blocks, (_key, value: unknown) => {
    const isMrkdwn = typeof value === 'object' && value !== null && 'type' in value && value.type === 'mrkdwn';
    if (isMrkdwn && 'text' in value) found.push(String(value.text));
    return value;
  });
  return found.join('\n');
}

function onceSent<T>(content: T): T {
  return JSON.parse(JSON.stringify(content)) as T;
}
