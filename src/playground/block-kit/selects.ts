import { z } from 'zod';
import { conversationFilter, option, optionGroup } from './composition.js';
import { actionable, confirmable, focusable, placeholdable } from './elements.js';

const common = { ...actionable, ...confirmable, ...focusable, ...placeholdable };
const multiple = { ...common, max_selected_items: z.number().int().min(1).optional() };
const offered = {
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};
const external = { min_query_length: z.number().int().min(0).optional() };
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: conversationFilter.optional(),
};

interface Offer {
  options?: { value: string }[] | undefined;
  option_groups?: { options: { value: string }[] }[] | undefined;
}
const all = (offer: Offer): { value: string }[] =>
  offer.options ?? offer.option_groups?.flatMap((one) => one.options) ?? [];
const offersOnce = (offer: Offer): boolean => (offer.options === undefined) !== (offer.option_groups === undefined);
const ONE_OFFER = 'must provide exactly one of options and option_groups';
const INITIAL_NOT_OFFERED = 'initial option must be one of the options';

const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...offered, initial_option: option.optional(), ...common })
  .refine(offersOnce, ONE_OFFER)
  .refine(
    (one) => !one.initial_option || all(one).some((o) => o.value === one.initial_option?.value),
    INITIAL_NOT_OFFERED,
  );

const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...offered,
    initial_options: z.array(option).min(1).optional(),
    ...multiple,
  })
  .refine(offersOnce, ONE_OFFER)
  .refine(
    (one) => (one.initial_options ?? []).every((initial) => all(one).some((o) => o.value === initial.value)),
    INITIAL_NOT_OFFERED,
  );

const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  initial_option: option.optional(),
  ...external,
  ...common,
});

const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  initial_options: z.array(option).optional(),
  ...external,
  ...multiple,
});

const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  initial_user: z.string().optional(),
  ...common,
});

const multiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  initial_users: z.array(z.string()).optional(),
  ...multiple,
});

const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  initial_conversation: z.string().optional(),
  response_url_enabled: z.boolean().optional(),
  ...conversations,
  ...common,
});

const multiConversationsSelect = z.strictObject({
  type: z.literal('multi_conversations_select'),
  initial_conversations: z.array(z.string()).optional(),
  ...conversations,
  ...multiple,
});

const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  initial_channel: z.string().optional(),
  response_url_enabled: z.boolean().optional(),
  ...common,
});

const multiChannelsSelect = z.strictObject({
  type: z.literal('multi_channels_select'),
  initial_channels: z.array(z.string()).optional(),
  ...multiple,
});

export const selects = [
  staticSelect,
  externalSelect,
  usersSelect,
  conversationsSelect,
  channelsSelect,
  multiStaticSelect,
  multiExternalSelect,
  multiUsersSelect,
  multiConversationsSelect,
  multiChannelsSelect,
] as const;
