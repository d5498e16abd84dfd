import type { PlainTextOption } from '@slack/web-api';
import type { Option, OptionAnswer } from '../../options/index.js';
import { plain } from '../text/mrkdwn.js';
import { slackOption } from './option-element.js';

/** The value of an entry that only says something. No source's value is taken for it: nothing else begins so. */
const SAID = 'qm:said';

/** What Slack shows in the menu: a note stands above the options or, where there are none, as the one entry there is. */
export function optionAnswer({ options, note }: OptionAnswer): object {
  if (options.length > 0) {
    const shown = options.map(slackOption);
    return note === undefined ? { options: shown } : { option_groups: [{ label: plain(note, 75), options: shown }] };
  }
  return { options: [said(note ?? 'There is nothing to choose from.')] };
}

/** Whether somebody chose an entry that only says something. */
export function isSaid(value: unknown): boolean {
  return value === SAID;
}

function said(note: string): PlainTextOption {
  return slackOption({ value: SAID, title: note } satisfies Option);
}
