import { z } from 'zod';
import { canvasFor, createCanvas, removeCanvas, sectionsOf, tell } from '../operations/canvases.js';
import type { CanvasRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { ownChannel } from './conversations.js';
import { idList, json, method } from './method.js';

const words = z.looseObject({ type: z.literal('markdown'), markdown: z.string() });
const content = { title: z.string().optional(), document_content: json(words).optional() };
const mine = (world: World, id: string): CanvasRecord => canvasFor(world, world.workspace.bot.id, id);

const create = method(
  'canvases.create',
  z.looseObject({ ...content, channel_id: z.string().optional() }),
  (world, { title = '', document_content: text, channel_id: channel }) => {
    const canvas = createCanvas(world, world.workspace.bot.id, {
      title,
      markdown: text?.markdown ?? '',
      channelId: null,
    });
    if (channel !== undefined) canvas.access[ownChannel(world, channel).id] = 'write';
    tell(world, canvas);
    return { canvas_id: canvas.id };
  },
);

/** One a channel. */
const createInChannel = method(
  'conversations.canvases.create',
  z.looseObject({ ...content, channel_id: z.string() }),
  (world, { title, document_content: text, channel_id: channelId }) => {
    const channel = ownChannel(world, channelId);
    if (world.workspace.canvasOf(channel.id) !== undefined) throw new Refusal('channel_canvas_already_exists');
    const draft = { title: title ?? channel.name, markdown: text?.markdown ?? '', channelId: channel.id };
    return { canvas_id: createCanvas(world, world.workspace.bot.id, draft).id };
  },
);

const change = z.looseObject({
  operation: z.enum([
    'insert_after',
    'insert_before',
    'insert_at_start',
    'insert_at_end',
    'replace',
    'delete',
    'rename',
  ]),
  section_id: z.string().optional(),
  document_content: words.optional(),
  title_content: words.optional(),
});

const edit = method(
  'canvases.edit',
  // Slack takes one change a call.
  z.looseObject({ canvas_id: z.string(), changes: json(z.array(change).length(1)) }),
  (world, { canvas_id: id, changes }) => {
    const canvas = mine(world, id);
    for (const one of changes) carryOut(world, canvas, one);
    tell(world, canvas);
    return {};
  },
);

function carryOut(world: World, canvas: CanvasRecord, wanted: z.output<typeof change>): void {
  const { operation, section_id: section, document_content: text, title_content: title } = wanted;
  if (operation === 'rename') {
    if (title === undefined) throw new Refusal('canvas_editing_failed');
    canvas.title = title.markdown;
    return;
  }
  if (operation !== 'delete' && text === undefined) throw new Refusal('canvas_editing_failed');
  const fresh = text === undefined ? [] : sectionsOf(world, text.markdown);
  const { sections } = canvas;
  const at = sections.findIndex((one) => one.id === section);
  const isPlaced = operation === 'insert_at_start' || operation === 'insert_at_end';
  if (!isPlaced && at < 0 && (section !== undefined || operation !== 'replace'))
    throw new Refusal('canvas_editing_failed');
  if (operation === 'replace' && section === undefined) canvas.sections = fresh;
  else if (operation === 'insert_at_start') sections.unshift(...fresh);
  else if (operation === 'insert_at_end') sections.push(...fresh);
  else if (operation === 'insert_before') sections.splice(at, 0, ...fresh);
  else if (operation === 'insert_after') sections.splice(at + 1, 0, ...fresh);
  else sections.splice(at, 1, ...fresh);
}

const remove = method('canvases.delete', z.looseObject({ canvas_id: z.string() }), (world, args) => {
  removeCanvas(world, mine(world, args.canvas_id));
  return {};
});

const share = method(
  'canvases.access.set',
  z.looseObject({
    canvas_id: z.string(),
    access_level: z.enum(['read', 'write', 'owner']),
    channel_ids: idList.optional(),
    user_ids: idList.optional(),
  }),
  (world, { canvas_id: id, access_level: level, channel_ids: channels = [], user_ids: users = [] }) => {
    const canvas = mine(world, id);
    if (channels.length > 0 && users.length > 0) throw new Refusal('restricted_action');
    for (const channel of channels) ownChannel(world, channel);
    for (const user of users) world.workspace.user(user);
    for (const whom of [...channels, ...users]) canvas.access[whom] = level;
    tell(world, canvas);
    return {};
  },
);

const HEADINGS: Readonly<Record<string, RegExp>> = {
  h1: /^# /u,
  h2: /^## /u,
  h3: /^### /u,
  any_header: /^#{1,3} /u,
};

const lookup = method(
  'canvases.sections.lookup',
  z.looseObject({
    canvas_id: z.string(),
    criteria: json(
      z.looseObject({
        section_types: z
          .array(z.enum(['h1', 'h2', 'h3', 'any_header']))
          .min(1)
          .max(3)
          .optional(),
        contains_text: z.string().optional(),
      }),
    ),
  }),
  (world, { canvas_id: id, criteria: { section_types: types, contains_text: text = '' } }) => ({
    sections: mine(world, id)
      .sections.filter(
        ({ markdown }) =>
          markdown.includes(text) && (types === undefined || types.some((type) => HEADINGS[type]?.test(markdown))),
      )
      .map((section) => ({ id: section.id })),
  }),
);

export const canvasMethods = [create, createInChannel, edit, remove, share, lookup];
