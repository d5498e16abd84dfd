import type { KnownBlock } from '@slack/web-api';
import { z } from 'zod';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, lines, section } from '../text/blocks.js';
import { code, escape } from '../text/mrkdwn.js';

const ofBrokenFile = z.object({
  file: z.string().default(''),
  lines: z.array(z.string()).default([]),
  more: z.number().default(0),
});
const ofReview = z.object({
  team: z.string().default(''),
  items: z.array(z.object({ name: z.string(), title: z.string(), reviewBy: z.string() })).default([]),
});
const BUTTONS = 5;

/** A file that was not taken, with the line of each mistake and what to write instead. */
export function brokenFileWords(data: JsonObject): Words {
  const { file, lines: mistakes, more } = ofBrokenFile.parse(data);
  const head = `⚠️ ${code(file)} has a mistake and was not taken. What was good before goes on.`;
  const rest = more > 0 ? [`_${more} more; \`npm run catalog:lint\` lists all._`] : [];
  return {
    text: head,
    blocks: [
      section(head),
      ...sections([...mistakes.map((line) => `• ${escape(line, 500)}`), ...rest]),
      context('Mend the file: it is taken as soon as it is good. This is told once.'),
    ],
  };
}

/** Items that somebody should look at again. */
export function reviewWords(data: JsonObject): Words {
  const { team, items } = ofReview.parse(data);
  const count = items.length === 1 ? 'An item of the catalog' : `${items.length} items of the catalog`;
  const head = `🗓️ ${count} of ${escape(team, 100)} should be reviewed: the date for it has passed.`;
  const listed = items.map(
    ({ name, title, reviewBy }) => `• *${escape(title, 150)}* ${code(name)} · by ${escape(reviewBy, 10)}`,
  );
  return {
    text: head,
    blocks: [
      section(head),
      ...sections(listed),
      ...buttons(
        `review_${items[0]?.name ?? ''}`,
        items.slice(0, BUTTONS).map(({ name, title }) => ({
          action: ACTIONS.itemDetails,
          label: title,
          says: `Details of ${title}`,
          value: name,
        })),
      ),
      context(
        'Is it still right? Then write a later `reviewBy` into its file. If not, deprecate it and name its successor.',
      ),
    ],
  };
}

/** Slack refuses a section without words. */
function sections(listed: readonly string[]): KnownBlock[] {
  return listed.length === 0 ? [] : [section(lines(listed))];
}
