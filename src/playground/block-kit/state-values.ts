import type { Block, StateValues } from '../workspace/records.js';
import { elementsOf } from './check-blocks.js';

type Element = Record<string, unknown> & { type: string };

/** For each kind of element: the field of `state.values` it fills, the field of the element it starts from, and what is there if neither is. */
const SLOTS: Record<string, { slot: string; initial: string; empty: unknown }> = {
  plain_text_input: { slot: 'value', initial: 'initial_value', empty: null },
  email_text_input: { slot: 'value', initial: 'initial_value', empty: null },
  url_text_input: { slot: 'value', initial: 'initial_value', empty: null },
  number_input: { slot: 'value', initial: 'initial_value', empty: null },
  rich_text_input: { slot: 'rich_text_value', initial: 'initial_value', empty: null },
  file_input: { slot: 'files', initial: '', empty: [] },
  datepicker: { slot: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { slot: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { slot: 'selected_date_time', initial: 'initial_date_time', empty: null },
  checkboxes: { slot: 'selected_options', initial: 'initial_options', empty: [] },
  radio_buttons: { slot: 'selected_option', initial: 'initial_option', empty: null },
  static_select: { slot: 'selected_option', initial: 'initial_option', empty: null },
  external_select: { slot: 'selected_option', initial: 'initial_option', empty: null },
  users_select: { slot: 'selected_user', initial: 'initial_user', empty: null },
  conversations_select: { slot: 'selected_conversation', initial: 'initial_conversation', empty: null },
  channels_select: { slot: 'selected_channel', initial: 'initial_channel', empty: null },
  multi_static_select: { slot: 'selected_options', initial: 'initial_options', empty: [] },
  multi_external_select: { slot: 'selected_options', initial: 'initial_options', empty: [] },
  multi_users_select: { slot: 'selected_users', initial: 'initial_users', empty: [] },
  multi_conversations_select: { slot: 'selected_conversations', initial: 'initial_conversations', empty: [] },
  multi_channels_select: { slot: 'selected_channels', initial: 'initial_channels', empty: [] },
};

/** The field in which an element of this type keeps its value; undefined for those that keep none (buttons, overflow menus). */
export const slotOf = (type: string): string | undefined => SLOTS[type]?.slot;

export const isEmpty = (entry: Record<string, unknown> | undefined): boolean => {
  if (entry === undefined) return true;
  const slot = slotOf(String(entry.type));
  const value = slot === undefined ? undefined : entry[slot];
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
};

/** Keyed by ids that an app chose, `__proto__` among them. */
const emptyTable = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

/** What `view.state.values` holds before anybody typed; values of `kept` stay where block, action and type are the same. */
export function initialState(blocks: Block[], currentChannel?: string, kept: StateValues = {}): StateValues {
  const values = emptyTable<StateValues[string]>();
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const blockId = String(block.block_id);
      const actionId = String(element.action_id);
      const before = kept[blockId]?.[actionId];
      const entry = before?.type === element.type ? before : startOf(element, currentChannel);
      if (entry === undefined) continue;
      const row = (values[blockId] ??= emptyTable());
      row[actionId] = entry;
    }
  }
  return values;
}

function startOf(element: Element, currentChannel?: string): Record<string, unknown> | undefined {
  const slot = SLOTS[element.type];
  if (slot === undefined) return undefined;
  return {
    type: element.type,
    [slot.slot]: element[slot.initial] ?? currentConversation(element, currentChannel) ?? slot.empty,
  };
}

function currentConversation(element: Element, currentChannel?: string): unknown {
  if (element.default_to_current_conversation !== true || currentChannel === undefined) return undefined;
  return element.type.startsWith('multi_') ? [currentChannel] : currentChannel;
}

export interface Located {
  block: Block;
  element: Element;
}

export function findElement(blocks: Block[], blockId: string, actionId: string): Located | undefined {
  const block = blocks.find((one) => one.block_id === blockId);
  const element = block === undefined ? undefined : elementsOf(block).find((one) => one.action_id === actionId);
  return block === undefined || element === undefined ? undefined : { block, element };
}
