import { z } from 'zod';

export const plainText = (max: number, min = 1) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(min).max(max), emoji: z.boolean().optional() });

export const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });

export const text = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);

export const id = z.string().min(1).max(255);

export const confirm = z.strictObject({
  title: plainText(100),
  text: text(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});

const MAX_OPTION_TEXT = 75;
const MAX_OPTION_VALUE = 150;

export const option = z.strictObject({
  text: plainText(MAX_OPTION_TEXT),
  value: z.string().min(1).max(MAX_OPTION_VALUE),
  description: plainText(75).optional(),
});

/** Checkboxes and radio buttons also take mrkdwn. */
export const richOption = z.strictObject({
  text: text(MAX_OPTION_TEXT),
  value: z.string().min(1).max(MAX_OPTION_VALUE),
  description: text(75).optional(),
});

export const overflowOption = option.extend({ url: z.string().max(3000).optional() });

export const optionGroup = z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) });

export const conversationFilter = z
  .strictObject({
    include: z
      .array(z.enum(['im', 'mpim', 'private', 'public']))
      .min(1)
      .optional(),
    exclude_external_shared_channels: z.boolean().optional(),
    exclude_bot_users: z.boolean().optional(),
  })
  .refine((filter) => Object.keys(filter).length > 0, 'must provide at least one filter');

export const dispatchConfig = z.strictObject({
  trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1),
});

const slackFile = z
  .strictObject({ id: z.string().optional(), url: z.string().optional() })
  .refine((file) => (file.id === undefined) !== (file.url === undefined), 'must provide exactly one of id and url');

export const imageSource = { image_url: z.string().min(1).max(3000).optional(), slack_file: slackFile.optional() };

export function hasOneImageSource(image: { image_url?: unknown; slack_file?: unknown }): boolean {
  return (image.image_url === undefined) !== (image.slack_file === undefined);
}
export const ONE_IMAGE_SOURCE = 'must provide exactly one of image_url and slack_file';
