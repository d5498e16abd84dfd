import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import { type CatalogItem, formFields } from '../../catalog/index.js';
import type { Team } from '../../policy/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import { CALLBACKS } from '../action-ids.js';
import { context, section } from '../text/blocks.js';
import { escape, plain } from '../text/mrkdwn.js';
import { type AskedField, fieldElement, isAsked } from './field-element.js';

/** Block ids of the form; a parameter's is this prefix and its name. Every element's action id is `value`. */
export const FORM = {
  team: 'team',
  environment: 'environment',
  lease: 'lease',
  reason: 'reason',
  parameter: 'param:',
  value: 'value',
} as const;

export interface FormState {
  readonly item: CatalogItem;
  readonly teams: readonly Team[];
  readonly environments: readonly string[];
  /** What was typed before, if they come back to it. */
  readonly typed?: { teamId: string; environment: string; parameters: JsonObject; reason: string; leaseHours: number };
  readonly originChannelId: string | null;
  /** A sentence on top, when something needs another look. */
  readonly notice?: string;
}

const MAX_OPTIONS = 100;

/** First question when none was asked for by name: what? */
export function pickItemModal(items: readonly CatalogItem[], originChannelId: string | null): ModalView {
  const options = items.slice(0, MAX_OPTIONS).map((item) => optionOf(item.name, item.title, item.summary));
  return {
    type: 'modal',
    callback_id: CALLBACKS.pickItem,
    private_metadata: JSON.stringify({ channel: originChannelId }),
    title: plain('Request something', 24),
    submit: plain('Next', 24),
    close: plain('Cancel', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'item',
        label: plain('What do you need?', 100),
        element: {
          type: 'static_select',
          action_id: FORM.value,
          placeholder: plain('Choose from the catalog', 100),
          options,
        },
      },
    ],
  };
}

/** The form of one item, generated from its schema. */
export function requestForm(state: FormState): ModalView {
  const { item, typed } = state;
  return {
    type: 'modal',
    callback_id: CALLBACKS.requestForm,
    private_metadata: JSON.stringify({ item: item.name, channel: state.originChannelId, team: onlyTeam(state) }),
    title: plain(item.title, 24),
    submit: plain('Show the plan', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...(state.notice === undefined ? [] : [section(`⚠️ ${escape(state.notice, 1500)}`)]),
      section(escape(item.summary, 1500)),
      ...(item.lifecycle === 'deprecated'
        ? [context('⚠️ This item is deprecated: it still works, but look for its successor.')]
        : []),
      ...teamBlock(state),
      choiceBlock(
        FORM.environment,
        'Environment',
        state.environments.map((name) => optionOf(name, name)),
        typed?.environment,
      ),
      ...formFields(item)
        .filter(isAsked)
        .map((field) => parameterBlock(state, field)),
      leaseBlock(item, typed?.leaseHours),
      reasonBlock(typed?.reason),
    ],
  };
}

function onlyTeam({ teams }: FormState): string | null {
  return teams.length === 1 ? (teams[0]?.id ?? null) : null;
}

function teamBlock({ teams, typed }: FormState): KnownBlock[] {
  const [first] = teams;
  if (first === undefined) return [];
  if (teams.length === 1) return [context(`For your team *${escape(first.title)}*`)];
  return [
    choiceBlock(
      FORM.team,
      'For which team?',
      teams.map((team) => optionOf(team.id, team.title)),
      typed?.teamId,
    ),
  ];
}

function choiceBlock(
  blockId: string,
  label: string,
  options: PlainTextOption[],
  chosen: string | undefined,
): InputBlock {
  const initial = options.find((option) => option.value === chosen) ?? options[0];
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 200),
    element: {
      type: 'static_select',
      action_id: FORM.value,
      options: options.slice(0, MAX_OPTIONS),
      ...(initial !== undefined && { initial_option: initial }),
    },
  };
}

function parameterBlock(state: FormState, field: AskedField): InputBlock {
  const given: Json | undefined = state.typed === undefined ? field.default : state.typed.parameters[field.name];
  return {
    type: 'input',
    block_id: `${FORM.parameter}${field.name}`,
    label: plain(field.label, 200),
    optional: !field.required,
    ...(field.hint !== undefined && { hint: plain(field.hint, 500) }),
    element: fieldElement(field, given),
  };
}

function leaseBlock({ lease }: CatalogItem, typed: number | undefined): InputBlock {
  return {
    type: 'input',
    block_id: FORM.lease,
    label: plain('For how many hours?', 100),
    hint: plain(`Then it is destroyed; you are warned before, and may extend. At most ${lease.maxHours} hours.`, 300),
    element: {
      type: 'number_input',
      action_id: FORM.value,
      is_decimal_allowed: false,
      min_value: '1',
      max_value: String(lease.maxHours),
      initial_value: String(typed ?? lease.defaultHours),
    },
  };
}

function reasonBlock(typed: string | undefined): InputBlock {
  return {
    type: 'input',
    block_id: FORM.reason,
    optional: true,
    label: plain('Why?', 100),
    hint: plain('Whoever approves it reads this. Never write credentials here.', 200),
    element: {
      type: 'plain_text_input',
      action_id: FORM.value,
      multiline: true,
      max_length: 500,
      ...(typed !== undefined && typed !== '' && { initial_value: typed }),
    },
  };
}

function optionOf(value: string, title: string, description?: string): PlainTextOption {
  return { text: plain(title, 75), value, ...(description !== undefined && { description: plain(description, 75) }) };
}
