import type { ModalView } from '@slack/web-api';
import type { Resource } from '../../resources/index.js';
import { CALLBACKS } from '../action-ids.js';
import { context, lines, section } from '../text/blocks.js';
import { code, escape, mention, plain } from '../text/mrkdwn.js';

export const CONFIRMATION = { block: 'name', action: 'value' } as const;

/** What has to be typed: the short name if there is one, else the title. */
export function nameToType({ parameters, title }: Pick<Resource, 'parameters' | 'title'>): string {
  const { name } = parameters;
  return typeof name === 'string' && name !== '' ? name : title;
}

const MOST_LISTED = 40;

/** Asks once more, with the name typed by hand. What stands on it is listed in the order in which it goes. */
export function destroyModal(resource: Resource, teamTitle: string, dependents: readonly Resource[] = []): ModalView {
  const name = nameToType(resource);
  return {
    type: 'modal',
    callback_id: CALLBACKS.confirmDestroy,
    private_metadata: JSON.stringify({
      resource: resource.id,
      ...(dependents.length > 0 && { agreed: dependents.map(({ id }) => id) }),
    }),
    title: plain('Destroy', 24),
    submit: plain(dependents.length === 0 ? 'Destroy' : 'Destroy all of it', 24),
    close: plain('Keep it', 24),
    blocks: [
      section(
        `*${escape(resource.title, 200)}* and everything in it is destroyed, with its credentials. *There is no way back.*`,
      ),
      ...(dependents.length === 0 ? [] : [section(dependentsWords(dependents))]),
      context(`${escape(teamTitle)}, ${escape(resource.environment)} · ${code(resource.id)}`),
      {
        type: 'input',
        block_id: CONFIRMATION.block,
        label: plain(`Type “${name}” to confirm`, 200),
        element: { type: 'plain_text_input', action_id: CONFIRMATION.action, max_length: 200 },
      },
    ],
  };
}

function dependentsWords(dependents: readonly Resource[]): string {
  const all = dependents
    .slice(0, MOST_LISTED)
    .map(
      ({ title, ownerId, id }, index) => `${index + 1}. *${escape(title, 100)}* of ${mention(ownerId)} · ${code(id)}`,
    );
  return `⚠️ *${dependents.length === 1 ? 'Another resource stands on it and is' : `${dependents.length} resources stand on it and are`} destroyed first, with all that is in ${dependents.length === 1 ? 'it' : 'them'}:*\n${lines(all, 'more', 2500)}`;
}
