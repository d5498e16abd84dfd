import { z } from 'zod';
import { id, mrkdwn, plainText, text } from './composition.js';
import { button, image } from './elements.js';
import { richText } from './rich-text.js';

const identified = { block_id: id.optional() };

/** A table's cell. */
export const cell = z.discriminatedUnion('type', [
  richText,
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
]);

export const dataTable = z.strictObject({
  type: z.literal('data_table'),
  rows: z.array(z.array(cell).min(1)).min(1),
  caption: z.string().min(1),
  page_size: z.number().int().min(1).max(100).optional(),
  row_header_column_index: z.number().int().min(0).optional(),
  ...identified,
});

export const card = z
  .strictObject({
    type: z.literal('card'),
    hero_image: image.optional(),
    icon: image.optional(),
    title: mrkdwn(150).optional(),
    subtitle: mrkdwn(150).optional(),
    body: mrkdwn(200).optional(),
    actions: z.array(button).min(1).optional(),
    ...identified,
  })
  .refine(
    (block) => [block.hero_image, block.title, block.actions, block.body].some((part) => part !== undefined),
    'must provide at least one of hero_image, title, actions and body',
  );

export const carousel = z.strictObject({
  type: z.literal('carousel'),
  elements: z.array(card).min(1).max(10),
  ...identified,
});

export const taskCard = z.strictObject({
  type: z.literal('task_card'),
  task_id: z.string().min(1),
  title: z.string().min(1),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.looseObject({ type: z.literal('url') })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  ...identified,
});

export const plan = z.strictObject({
  type: z.literal('plan'),
  title: z.string().min(1),
  tasks: z.array(taskCard).optional(),
  ...identified,
});

type Blocks = readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]];

/** A frame around up to ten simple blocks. */
export const containerOf = (inner: Blocks) =>
  z
    .strictObject({
      type: z.literal('container'),
      title: plainText(150).optional(),
      rich_text_title: richText.optional(),
      subtitle: text(150).optional(),
      child_blocks: z.array(z.discriminatedUnion('type', inner)).min(1).max(10),
      width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
      icon: image.optional(),
      is_collapsible: z.boolean().optional(),
      default_collapsed: z.boolean().optional(),
      has_header_divider: z.boolean().optional(),
      ...identified,
    })
    .refine(
      (block) => block.title !== undefined || block.rich_text_title !== undefined,
      'must provide title or rich_text_title',
    );
