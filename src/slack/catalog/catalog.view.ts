import type { SearchPage } from '../../browsing/index.js';
import type { Words } from '../slack-feature.js';
import { context, fitting, section } from '../text/blocks.js';
import { code, escape } from '../text/mrkdwn.js';
import { itemBlocks } from './browser.view.js';

/** What there is to request, where no modal can be opened: in a thread. */
export function catalogWords(
  { found, total }: SearchPage,
  searched: string,
  { teams, command }: { teams: ReadonlyMap<string, string>; command: string },
): Words {
  const about = searched === '' ? '' : ` for “${escape(searched, 80)}”`;
  if (total === 0) return { text: `The catalog has nothing${about}. Leave the words out to see all of it.` };
  const head = `The catalog has ${total === 1 ? '1 item' : `${total.toLocaleString('en')} items`}${about}.`;
  const rest = total - found.length;
  return {
    text: head,
    blocks: fitting([
      section(head),
      ...found.flatMap((one) => itemBlocks(one, teams)),
      ...(rest > 0
        ? [context(`_${rest} more: add a word to search for, or browse with ${code(`${command} catalog`)}._`)]
        : []),
    ]),
  };
}
