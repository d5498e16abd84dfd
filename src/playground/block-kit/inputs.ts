import { z } from 'zod';
import { dispatchConfig } from './composition.js';
import { actionable, focusable, placeholdable } from './elements.js';
import { richText } from './rich-text.js';

const dispatchable = { dispatch_action_config: dispatchConfig.optional() };
const typed = { ...actionable, ...focusable, ...placeholdable, ...dispatchable };

export const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    multiline: z.boolean().optional(),
    initial_value: z.string().max(3000).optional(),
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
    ...typed,
  })
  .refine(
    (input) => (input.min_length ?? 0) <= (input.max_length ?? 3000),
    'min_length must not be more than max_length',
  );

/** Bounds come as strings, as the person's answer does. */
const numberText = z.union([z.string().regex(/^-?\d+(\.\d+)?$/u, 'must be a number'), z.number().transform(String)]);

export const numberInput = z.strictObject({
  type: z.literal('number_input'),
  is_decimal_allowed: z.boolean(),
  initial_value: numberText.optional(),
  min_value: numberText.optional(),
  max_value: numberText.optional(),
  ...typed,
});

export const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  initial_value: z.string().optional(),
  ...typed,
});

export const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  initial_value: z.string().optional(),
  ...typed,
});

export const richTextInput = z.strictObject({
  type: z.literal('rich_text_input'),
  initial_value: richText.optional(),
  ...typed,
});

export const fileInput = z.strictObject({
  type: z.literal('file_input'),
  filetypes: z.array(z.string()).min(1).optional(),
  max_files: z.number().int().min(1).max(10).optional(),
  ...actionable,
});
