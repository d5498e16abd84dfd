import { z } from 'zod';
import { hasOneImageSource, id, imageSource, mrkdwn, ONE_IMAGE_SOURCE, plainText, text } from './composition.js';
import {
  button,
  checkboxes,
  datepicker,
  datetimepicker,
  feedbackButtons,
  iconButton,
  image,
  overflow,
  radioButtons,
  timepicker,
  workflowButton,
} from './elements.js';
import { emailInput, fileInput, numberInput, plainTextInput, richTextInput, urlInput } from './inputs.js';
import { card, carousel, cell, containerOf, dataTable, plan, taskCard } from './newer-blocks.js';
import { richText } from './rich-text.js';
import { selects } from './selects.js';

const identified = { block_id: id.optional() };
const pickers = [datepicker, timepicker, datetimepicker] as const;
const choices = [overflow, checkboxes, radioButtons, ...pickers, ...selects] as const;

const actions = z.strictObject({
  type: z.literal('actions'),
  elements: z
    .array(z.discriminatedUnion('type', [button, workflowButton, richTextInput, ...choices]))
    .min(1)
    .max(25),
  ...identified,
});

const section = z
  .strictObject({
    type: z.literal('section'),
    text: text(3000).optional(),
    fields: z.array(text(2000)).min(1).max(10).optional(),
    accessory: z.discriminatedUnion('type', [button, workflowButton, image, ...choices]).optional(),
    expand: z.boolean().optional(),
    ...identified,
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, 'must provide text or fields');

const input = z.strictObject({
  type: z.literal('input'),
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: z.discriminatedUnion('type', [
    plainTextInput,
    numberInput,
    emailInput,
    urlInput,
    richTextInput,
    fileInput,
    checkboxes,
    radioButtons,
    ...pickers,
    ...selects,
  ]),
  ...identified,
});

const context = z.strictObject({
  type: z.literal('context'),
  elements: z
    .array(z.discriminatedUnion('type', [image, plainText(3000), mrkdwn(3000)]))
    .min(1)
    .max(10),
  ...identified,
});

const contextActions = z.strictObject({
  type: z.literal('context_actions'),
  elements: z
    .array(z.discriminatedUnion('type', [feedbackButtons, iconButton]))
    .min(1)
    .max(5),
  ...identified,
});

const imageBlock = z
  .strictObject({
    type: z.literal('image'),
    alt_text: z.string().min(1).max(2000),
    title: plainText(2000).optional(),
    ...imageSource,
    ...identified,
  })
  .refine(hasOneImageSource, ONE_IMAGE_SOURCE);

const header = z.strictObject({
  type: z.literal('header'),
  text: plainText(150),
  ...identified,
});
const divider = z.strictObject({ type: z.literal('divider'), ...identified });
const markdown = z.strictObject({ type: z.literal('markdown'), text: z.string().min(1).max(12_000), ...identified });
const file = z.strictObject({
  type: z.literal('file'),
  source: z.literal('remote'),
  external_id: z.string().min(1),
  ...identified,
});
const alert = z.strictObject({
  type: z.literal('alert'),
  text: text(3000),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  ...identified,
});

const https = z.string().max(3000).startsWith('https://', 'must be an https address');
const video = z.strictObject({
  type: z.literal('video'),
  video_url: https,
  thumbnail_url: z.string().min(1).max(3000),
  alt_text: z.string().min(1),
  title: plainText(199),
  title_url: https.optional(),
  author_name: z.string().max(49).optional(),
  provider_name: z.string().optional(),
  provider_icon_url: z.string().optional(),
  description: plainText(200).optional(),
  ...identified,
});

const table = z.strictObject({
  type: z.literal('table'),
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() })
        .nullable(),
    )
    .max(20)
    .optional(),
  ...identified,
});

const simple = [
  actions,
  section,
  input,
  context,
  contextActions,
  imageBlock,
  header,
  divider,
  markdown,
  file,
  alert,
  video,
  table,
  richText,
] as const;

export const block = z.discriminatedUnion('type', [
  ...simple,
  card,
  carousel,
  dataTable,
  taskCard,
  plan,
  containerOf(simple),
]);

/** Messages take every block; these may not stand in a modal or a Home tab. */
export const NOT_IN_VIEWS = new Set([
  'file',
  'markdown',
  'table',
  'data_table',
  'context_actions',
  'task_card',
  'plan',
  'carousel',
]);
