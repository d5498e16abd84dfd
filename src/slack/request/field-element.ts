import type { InputBlock, PlainTextOption } from '@slack/web-api';
import type { FormField } from '../../catalog/index.js';
import type { Json } from '../../shared/index.js';
import { plain } from '../text/mrkdwn.js';

type Element = InputBlock['element'];
interface Choice {
  readonly value: string;
  readonly title: string;
  readonly description?: string;
}

const ACTION = 'value';
const MAX_OPTIONS = 100;
const MAX_LENGTH = 3000;
const YES_OR_NO: readonly Choice[] = [
  { value: 'true', title: 'Yes' },
  { value: 'false', title: 'No' },
];

/**
 * The input for one parameter, filled with what is given.
 * @param known what the person has of the kind the field asks for: offered instead of typing
 */
export function fieldElement(field: FormField, given: Json | undefined, known: readonly Choice[]): Element {
  const placeholder = field.placeholder === undefined ? {} : { placeholder: plain(field.placeholder, 150) };
  switch (field.kind) {
    case 'text':
      return known.length > 0 ? select(known, given, placeholder) : textInput(field, given, false);
    case 'multiline':
      return textInput(field, given, true);
    case 'number':
      return {
        type: 'number_input',
        action_id: ACTION,
        is_decimal_allowed: field.integer !== true,
        ...placeholder,
        ...(field.min !== undefined && { min_value: String(field.min) }),
        ...(field.max !== undefined && { max_value: String(field.max) }),
        ...(isScalar(given) && { initial_value: String(given) }),
      };
    case 'boolean':
      return radio(YES_OR_NO, given ?? false);
    case 'enum':
      return select(field.options ?? [], given, placeholder);
    case 'multi-enum':
      return multiSelect(field, given, placeholder);
    case 'date':
      return { type: 'datepicker', action_id: ACTION, ...(typeof given === 'string' && { initial_date: given }) };
    case 'person':
      return { type: 'users_select', action_id: ACTION, ...(typeof given === 'string' && { initial_user: given }) };
    case 'people':
      return {
        type: 'multi_users_select',
        action_id: ACTION,
        ...(strings(given).length > 0 && { initial_users: strings(given) }),
        ...(field.max !== undefined && { max_selected_items: field.max }),
      };
    case 'channel':
      return {
        type: 'channels_select',
        action_id: ACTION,
        ...(typeof given === 'string' && { initial_channel: given }),
      };
  }
}

function textInput(field: FormField, given: Json | undefined, multiline: boolean): Element {
  return {
    type: 'plain_text_input',
    action_id: ACTION,
    multiline,
    max_length: Math.min(field.max ?? MAX_LENGTH, MAX_LENGTH),
    ...(field.placeholder !== undefined && { placeholder: plain(field.placeholder, 150) }),
    ...(isScalar(given) && String(given) !== '' && { initial_value: String(given) }),
  };
}

function select(choices: readonly Choice[], given: Json | undefined, placeholder: object): Element {
  const options = optionsOf(choices);
  const initial = options.find((option) => isScalar(given) && option.value === String(given));
  return {
    type: 'static_select',
    action_id: ACTION,
    options,
    ...placeholder,
    ...(initial !== undefined && { initial_option: initial }),
  };
}

function radio(choices: readonly Choice[], given: Json): Element {
  const options = optionsOf(choices);
  const initial = options.find((option) => isScalar(given) && option.value === String(given));
  return {
    type: 'radio_buttons',
    action_id: ACTION,
    options,
    ...(initial !== undefined && { initial_option: initial }),
  };
}

function multiSelect(field: FormField, given: Json | undefined, placeholder: object): Element {
  const options = optionsOf(field.options ?? []);
  const chosen = new Set(strings(given));
  const initial = options.filter((option) => option.value !== undefined && chosen.has(option.value));
  return {
    type: 'multi_static_select',
    action_id: ACTION,
    options,
    ...placeholder,
    ...(field.max !== undefined && field.max > 0 && { max_selected_items: field.max }),
    ...(initial.length > 0 && { initial_options: initial }),
  };
}

function optionsOf(choices: readonly Choice[]): PlainTextOption[] {
  return choices.slice(0, MAX_OPTIONS).map(({ value, title, description }) => ({
    text: plain(title, 75),
    value,
    ...(description !== undefined && { description: plain(description, 75) }),
  }));
}

function isScalar(value: Json | undefined): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
