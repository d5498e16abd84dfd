import type { InputBlock, PlainTextOption } from '@slack/web-api';
import type { FormField } from '../../catalog/index.js';
import type { Json } from '../../shared/index.js';
import { plain } from '../text/mrkdwn.js';
import { FORM } from './form-places.js';
import { optionElement } from './option-element.js';

type Element = InputBlock['element'];
interface Choice {
  readonly value: string;
  readonly title: string;
  readonly description?: string;
}

const ACTION = FORM.value;
const MAX_OPTIONS = 100;
const MAX_LENGTH = 3000;
const YES_OR_NO: readonly Choice[] = [
  { value: 'true', title: 'Yes' },
  { value: 'false', title: 'No' },
];

/** More than these are shown as a list that one can search. */
const MAX_RADIO = 4;
const MAX_CHECKBOXES = 6;

/** Kinds that are no question at a place of their own: shown, or asked on another page. */
type Unasked = 'fixed' | 'object' | 'entries' | 'secret';
export type AskedField = FormField & { readonly kind: Exclude<FormField['kind'], Unasked> };

export function isAsked(field: FormField): field is AskedField {
  return !['fixed', 'object', 'entries', 'secret'].includes(field.kind);
}

/**
 * The input for one parameter, filled with what is given.
 * @param titles of chosen options that were looked up, by value
 */
export function fieldElement(
  field: AskedField,
  given: Json | undefined,
  titles?: ReadonlyMap<string, string>,
): Element {
  const placeholder = field.placeholder === undefined ? {} : { placeholder: plain(field.placeholder, 150) };
  switch (field.kind) {
    case 'text':
      return textInput(field, given, false);
    case 'options':
    case 'multi-options':
      return optionElement(field, given, titles);
    case 'multiline':
    case 'lines':
      return textInput(field, Array.isArray(given) ? given.map(String).join('\n') : given, true);
    case 'email':
      return { type: 'email_text_input', action_id: ACTION, ...placeholder, ...initialText(given) };
    case 'url':
      return { type: 'url_text_input', action_id: ACTION, ...placeholder, ...initialText(given) };
    case 'number':
      return numberInput(field, given, placeholder);
    case 'boolean':
      return radio(YES_OR_NO, given ?? null);
    case 'enum':
      return chooseOne(field, given, placeholder);
    case 'multi-enum':
      return chooseSeveral(field, given, placeholder);
    case 'date':
    case 'time':
    case 'date-time':
      return moment(field.kind, given);
    case 'person':
    case 'people':
    case 'channel':
    case 'channels':
      return slackSelect(field.kind, field.max, given);
  }
}

function numberInput(field: FormField, given: Json | undefined, placeholder: object): Element {
  return {
    type: 'number_input',
    action_id: ACTION,
    is_decimal_allowed: field.integer !== true,
    ...placeholder,
    ...(field.min !== undefined && { min_value: String(field.min) }),
    ...(field.max !== undefined && { max_value: String(field.max) }),
    // Slack takes no text here, not even to show that it is none.
    ...(isScalar(given) && /^-?\d+(\.\d+)?$/.test(String(given)) && { initial_value: String(given) }),
  };
}

/** Radio buttons can't be emptied again: only where there is always an answer. */
function chooseOne(field: FormField, given: Json | undefined, placeholder: object): Element {
  const options = field.options ?? [];
  const always = field.required || field.default !== undefined;
  return options.length <= MAX_RADIO && always ? radio(options, given ?? null) : select(options, given, placeholder);
}

function chooseSeveral(field: FormField, given: Json | undefined, placeholder: object): Element {
  const fits = (field.options ?? []).length <= MAX_CHECKBOXES && field.max === undefined;
  if (!fits) return multiSelect(field, given, placeholder);
  const options = optionsOf(field.options ?? []);
  return { type: 'checkboxes', action_id: ACTION, options, ...chosenAmong(options, given) };
}

function moment(kind: 'date' | 'time' | 'date-time', given: Json | undefined): Element {
  const text = typeof given === 'string' ? given : '';
  switch (kind) {
    case 'date':
      return {
        type: 'datepicker',
        action_id: ACTION,
        ...(/^\d{4}-\d{2}-\d{2}$/.test(text) && { initial_date: text }),
      };
    case 'time':
      return {
        type: 'timepicker',
        action_id: ACTION,
        timezone: 'UTC',
        ...(/^\d{2}:\d{2}/.test(text) && { initial_time: text.slice(0, 5) }),
      };
    case 'date-time': {
      const seconds = Math.floor(Date.parse(text) / 1000);
      return { type: 'datetimepicker', action_id: ACTION, ...(seconds >= 1e9 && { initial_date_time: seconds }) };
    }
  }
}

function slackSelect(
  kind: 'person' | 'people' | 'channel' | 'channels',
  max: number | undefined,
  given: Json | undefined,
): Element {
  const several = strings(given);
  const most = max === undefined || max < 1 ? {} : { max_selected_items: max };
  switch (kind) {
    case 'person':
      return { type: 'users_select', action_id: ACTION, ...(typeof given === 'string' && { initial_user: given }) };
    case 'people':
      return {
        type: 'multi_users_select',
        action_id: ACTION,
        ...(several.length > 0 && { initial_users: several }),
        ...most,
      };
    case 'channel':
      return {
        type: 'channels_select',
        action_id: ACTION,
        ...(typeof given === 'string' && { initial_channel: given }),
      };
    case 'channels':
      return {
        type: 'multi_channels_select',
        action_id: ACTION,
        ...(several.length > 0 && { initial_channels: several }),
        ...most,
      };
  }
}

function initialText(given: Json | undefined): { initial_value?: string } {
  return isScalar(given) && String(given) !== '' ? { initial_value: String(given) } : {};
}

function textInput(field: FormField, given: Json | undefined, multiline: boolean): Element {
  return {
    type: 'plain_text_input',
    action_id: ACTION,
    multiline,
    // Of lines there may be so many: that says nothing about their length.
    max_length: field.kind === 'lines' ? MAX_LENGTH : Math.max(1, Math.min(field.max ?? MAX_LENGTH, MAX_LENGTH)),
    ...(field.placeholder !== undefined && { placeholder: plain(field.placeholder, 150) }),
    ...initialText(given),
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
  return {
    type: 'multi_static_select',
    action_id: ACTION,
    options,
    ...placeholder,
    ...(field.max !== undefined && field.max > 0 && { max_selected_items: field.max }),
    ...chosenAmong(options, given),
  };
}

function chosenAmong(
  options: readonly PlainTextOption[],
  given: Json | undefined,
): { initial_options?: PlainTextOption[] } {
  const chosen = new Set(Array.isArray(given) ? given.filter(isScalar).map(String) : []);
  const initial = options.filter((option) => option.value !== undefined && chosen.has(option.value));
  return initial.length > 0 ? { initial_options: initial } : {};
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
