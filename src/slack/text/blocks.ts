import type {
  Button,
  ConfirmationDialog,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  SectionBlock,
} from '@slack/web-api';
import { clipped, plain } from './mrkdwn.js';

const MAX_TEXT = 3000;
const MAX_FIELD = 2000;
const MAX_FIELDS = 10;
const MAX_BLOCKS = 50;

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, 150) };
}

/** `mrkdwn` must be escaped already. */
export function section(mrkdwn: string, accessory?: Button): SectionBlock {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: clipped(mrkdwn, MAX_TEXT) },
    ...(accessory !== undefined && { accessory }),
  };
}

/** Label and value, two a row; values must be escaped already. */
export function fields(pairs: readonly (readonly [label: string, value: string])[]): SectionBlock {
  return {
    type: 'section',
    fields: pairs
      .slice(0, MAX_FIELDS)
      .map(([label, value]) => ({ type: 'mrkdwn', text: clipped(`*${label}*\n${value}`, MAX_FIELD) })),
  };
}

/** Small print, escaped already. */
export function context(...mrkdwn: string[]): ContextBlock {
  return { type: 'context', elements: mrkdwn.map((text) => ({ type: 'mrkdwn', text: clipped(text, MAX_TEXT) })) };
}

export const divider: DividerBlock = { type: 'divider' };

export interface ButtonWish {
  readonly action: string;
  readonly label: string;
  /** What a screen reader says: the whole deed, with its object. */
  readonly says: string;
  /** An opaque id; everything else is read again when it is clicked. */
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: ConfirmationDialog;
}

export function button({ action, label, says, value, url, style, confirm }: ButtonWish): Button {
  return {
    type: 'button',
    action_id: action,
    text: plain(label, 75),
    accessibility_label: plain(says, 75).text,
    ...(value !== undefined && { value }),
    ...(url !== undefined && { url }),
    ...(style !== undefined && { style }),
    ...(confirm !== undefined && { confirm }),
  };
}

/** No block at all when there is nothing to press. */
export function buttons(blockId: string, wishes: readonly ButtonWish[]): KnownBlock[] {
  return wishes.length === 0 ? [] : [{ type: 'actions', block_id: blockId, elements: wishes.slice(0, 25).map(button) }];
}

/** As many blocks as Slack takes; what is left out is said. */
export function fitting(blocks: readonly KnownBlock[], max = MAX_BLOCKS): KnownBlock[] {
  if (blocks.length <= max) return [...blocks];
  return [...blocks.slice(0, max - 1), context(`_${blocks.length - max + 1} more are not shown._`)];
}

/** Lines that together fit into one text object; what is left out is said. */
export function lines(all: readonly string[], more = 'more', max = MAX_TEXT): string {
  let text = '';
  for (const [index, line] of all.entries()) {
    const rest = `_${all.length - index} ${more}._`;
    if (text.length + line.length + 1 + rest.length > max) return `${text}${rest}`;
    text += `${line}\n`;
  }
  return text.trimEnd();
}
