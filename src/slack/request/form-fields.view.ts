import type { InputBlock, KnownBlock } from '@slack/web-api';
import type { FormField, PlacedField } from '../../catalog/index.js';
import { ACTIONS } from '../action-ids.js';
import { button, context, section } from '../text/blocks.js';
import { GIVEN } from '../text/given.js';
import { escape, plain } from '../text/mrkdwn.js';
import { fieldElement, isAsked } from './field-element.js';
import { blockOfParameter, FORM } from './form-places.js';

export interface FieldSurroundings {
  /** Of chosen options that were looked up, by value. */
  readonly titles: ReadonlyMap<string, string>;
  /** Sentences about fields of this page, by path, where Slack's own way to show them is not to be had. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Inputs whose text is told letter by letter, so that what depends on it follows. */
const TYPED = new Set(['plain_text_input', 'number_input', 'email_text_input', 'url_text_input']);

/** One question of the form, with what is wrong with its answer below it. */
export function fieldBlocks(place: PlacedField, around: FieldSurroundings): KnownBlock[] {
  const problem = around.problems.get(place.path);
  return [...questionOf(place, around), ...(problem === undefined ? [] : [context(`⚠️ ${escape(problem, 1000)}`)])];
}

function questionOf(place: PlacedField, around: FieldSurroundings): KnownBlock[] {
  const { field } = place;
  switch (field.kind) {
    case 'fixed':
      return [context(`*${escape(field.label, 150)}:* ${escape(wordsOf(place), 300)}${hintOf(field)}`)];
    case 'secret':
      return [secretBlock(place)];
    case 'object':
    case 'entries':
      return [wantedBlock(place)];
    default:
      return isAsked(field) ? [inputBlock(place, around)] : [];
  }
}

/** A secret: whether it was given, and the way to the page where it is. */
function secretBlock({ path, variant, field, content }: PlacedField): KnownBlock {
  const [isGiven, label] = [content !== undefined, escape(field.label, 150)];
  const optional = field.required ? '' : ' (optional)';
  const where = isGiven ? GIVEN : '_not given yet; you type it on a page of its own, never in Slack_';
  const press = button({
    action: ACTIONS.giveSecret,
    label: isGiven ? 'Give another' : 'Give it',
    says: `${isGiven ? 'Give another' : 'Give it'}: ${field.label}, on a page of its own`,
    ...(!isGiven && field.required && { style: 'primary' as const }),
  });
  return {
    ...section(`🔒 *${label}*${optional}: ${where}${hintOf(field)}`, press),
    block_id: blockOfParameter({ path, variant }),
  };
}

function inputBlock(place: PlacedField, { titles }: FieldSurroundings): InputBlock {
  const { field, content, controls } = place;
  if (!isAsked(field)) throw new Error(`${field.kind} is no input`);
  const element = fieldElement(field, content, titles);
  return {
    type: 'input',
    block_id: blockOfParameter(place),
    label: plain(field.label, 200),
    optional: !isNeeded(field),
    ...(hintWords(field) !== '' && { hint: plain(hintWords(field), 1000) }),
    ...(controls && { dispatch_action: true }),
    element: controls && TYPED.has(element.type) ? telling(element) : element,
  };
}

/** Where there is a default it comes back when the field is emptied: then it may as well not be. */
function isNeeded(field: FormField): boolean {
  const isList = ['multi-enum', 'multi-options', 'people', 'channels', 'lines'].includes(field.kind);
  return field.required || (field.default !== undefined && !isList);
}

function telling(element: InputBlock['element']): InputBlock['element'] {
  return {
    ...element,
    dispatch_action_config: { trigger_actions_on: ['on_character_entered'] },
  } as InputBlock['element'];
}

/** An optional object, or a list of objects: asked for by a tick, filled in on pages of its own. */
function wantedBlock({ path, field, content, variant }: PlacedField): InputBlock {
  const words = field.kind === 'object' ? 'Yes, on a page of its own' : 'Yes, each on a page of its own';
  const option = { text: plain(words, 75), value: 'yes' };
  return {
    type: 'input',
    block_id: blockOfParameter({ path, variant }),
    label: plain(field.label, 200),
    optional: true,
    dispatch_action: true,
    ...(field.hint !== undefined && { hint: plain(field.hint, 1000) }),
    element: {
      type: 'checkboxes',
      action_id: FORM.value,
      options: [option],
      ...(content === true && { initial_options: [option] }),
    },
  };
}

function hintWords(field: FormField): string {
  const how = field.kind === 'lines' ? 'One a line.' : '';
  return [field.hint ?? '', how].filter((part) => part !== '').join(' ');
}

function hintOf({ hint }: FormField): string {
  return hint === undefined ? '' : `\n${escape(hint, 1000)}`;
}

function wordsOf({ content }: PlacedField): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}
