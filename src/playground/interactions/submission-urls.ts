import { elementsOf } from '../block-kit/check-blocks.js';
import type { ViewRecord } from '../workspace/records.js';
import type { World } from '../world.js';
import { responseUrl } from './payloads.js';

/** A select with `response_url_enabled` lets the app answer into the conversation that was chosen in it. */
export function submissionUrls(world: World, view: ViewRecord): Record<string, unknown>[] {
  return view.blocks.flatMap((block) =>
    elementsOf(block).flatMap((element) => {
      if (element.response_url_enabled !== true) return [];
      const [blockId, actionId] = [String(block.block_id), String(element.action_id)];
      const entry = view.state[blockId]?.[actionId];
      const channel = entry?.selected_conversation ?? entry?.selected_channel;
      if (typeof channel !== 'string') return [];
      const token = world.responseUrls.issue({ user: view.user, channel, ephemeral: false });
      return [
        {
          block_id: blockId,
          action_id: actionId,
          channel_id: channel,
          response_url: responseUrl(world, 'actions', token),
        },
      ];
    }),
  );
}
