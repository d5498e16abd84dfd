import { z } from 'zod';
import {
  confirm,
  hasOneImageSource,
  id,
  imageSource,
  ONE_IMAGE_SOURCE,
  overflowOption,
  plainText,
  richOption,
} from './composition.js';

export const actionable = { action_id: id.optional() };
export const focusable = { focus_on_load: z.boolean().optional() };
export const confirmable = { confirm: confirm.optional() };
export const placeholdable = { placeholder: plainText(150).optional() };

const sameValues = (options: { value: string }[], initial: { value: string }[] | undefined): boolean =>
  (initial ?? []).every((one) => options.some((option) => option.value === one.value));
const INITIAL_NOT_OFFERED = 'initial option must be one of the options';

export const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
  ...actionable,
  ...confirmable,
});

export const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: z.array(overflowOption).min(1).max(5),
  ...actionable,
  ...confirmable,
});

export const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).optional(),
    ...actionable,
    ...confirmable,
    ...focusable,
  })
  .refine((element) => sameValues(element.options, element.initial_options), INITIAL_NOT_OFFERED);

export const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
    ...actionable,
    ...confirmable,
    ...focusable,
  })
  .refine(
    (element) => sameValues(element.options, element.initial_option && [element.initial_option]),
    INITIAL_NOT_OFFERED,
  );

export const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  initial_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/u, 'must be a date of the form YYYY-MM-DD')
    .optional(),
  ...actionable,
  ...confirmable,
  ...focusable,
  ...placeholdable,
});

export const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  initial_time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'must be a time of the form HH:mm')
    .optional(),
  timezone: z.string().optional(),
  ...actionable,
  ...confirmable,
  ...focusable,
  ...placeholdable,
});

export const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  initial_date_time: z.number().int().min(1_000_000_000).max(9_999_999_999).optional(),
  ...actionable,
  ...confirmable,
  ...focusable,
});

export const image = z
  .strictObject({ type: z.literal('image'), alt_text: z.string().min(1).max(2000), ...imageSource })
  .refine(hasOneImageSource, ONE_IMAGE_SOURCE);

export const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  text: plainText(75),
  workflow: z.strictObject({
    trigger: z.strictObject({
      url: z.string().min(1),
      customizable_input_parameters: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    }),
  }),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
  ...actionable,
});

const feedbackChoice = z.strictObject({
  text: plainText(75),
  value: z.string().max(2000),
  accessibility_label: z.string().max(75).optional(),
});
export const feedbackButtons = z.strictObject({
  type: z.literal('feedback_buttons'),
  positive_button: feedbackChoice,
  negative_button: feedbackChoice,
  ...actionable,
});

export const iconButton = z.strictObject({
  type: z.literal('icon_button'),
  icon: z.enum(['trash']),
  text: plainText(75),
  value: z.string().max(2000).optional(),
  accessibility_label: z.string().max(75).optional(),
  visible_to_user_ids: z.array(z.string()).optional(),
  ...actionable,
  ...confirmable,
});
