import type { KnownBlock } from '@slack/web-api';
import { z } from 'zod';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, fitting, lines, section } from '../text/blocks.js';
import { escape, withMentions } from '../text/mrkdwn.js';
import { notNow } from './pin.view.js';

const news = z.object({
  text: z.string().default(''),
  offers: z
    .array(
      z.object({
        resourceId: z.string(),
        title: z.string(),
        version: z.string(),
        wave: z.number().optional(),
        lines: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

/** To an owner: what is about to be upgraded of theirs, what that changes, and the way to put it off. */
export function upgradeNews(data: JsonObject): Words {
  const { text, offers } = news.parse(data);
  const head = `⬆️ ${withMentions(escape(text, 1500))}`;
  const blocks = offers.flatMap(({ resourceId, title, version, wave, lines: changes }): KnownBlock[] => {
    const when = wave === undefined ? '' : ` · wave ${wave}`;
    const all = changes.map((change) => `• ${escape(change, 300)}`);
    return [
      section(`*${escape(title, 200)}*${when}${all.length === 0 ? '' : `\n${lines(all, 'more changes', 2000)}`}`),
      ...buttons(`news_${resourceId}`, [
        {
          action: ACTIONS.compareVersions,
          label: `Upgrade to ${version}…`,
          says: `Look at what ${version} would change for ${title}`,
          value: resourceId,
        },
        notNow(resourceId, title),
      ]),
    ];
  });
  return { text: head, blocks: fitting([section(head), ...blocks]) };
}
