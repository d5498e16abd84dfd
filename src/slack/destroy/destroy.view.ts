import type { ModalView } from '@slack/web-api';
import type { Resource } from '../../resources/index.js';
import { CALLBACKS } from '../action-ids.js';
import { context, section } from '../text/blocks.js';
import { code, escape, plain } from '../text/mrkdwn.js';

export const CONFIRMATION = { block: 'name', action: 'value' } as const;

/** What has to be typed: the short name if there is one, else the title. */
export function nameToType({ parameters, title }: Pick<Resource, 'parameters' | 'title'>): string {
  const { name } = parameters;
  return typeof name === 'string' && name !== '' ? name : title;
}

/** Asks once more, with the name typed by hand. */
export function destroyModal(resource: Resource, teamTitle: string): ModalView {
  const name = nameToType(resource);
  return {
    type: 'modal',
    callback_id: CALLBACKS.confirmDestroy,
    private_metadata: JSON.stringify({ resource: resource.id }),
    title: plain('Destroy', 24),
    submit: plain('Destroy', 24),
    close: plain('Keep it', 24),
    blocks: [
      section(
        `*${escape(resource.title, 200)}* and everything in it is destroyed, with its credentials. *There is no way back.*`,
      ),
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
