import type { PlaygroundMessage, PlaygroundView } from '../../src/playground/protocol.js';

export interface SlackElement {
  [field: string]: unknown;
  type: string;
  action_id: string;
}

export interface SlackOption {
  value: string;
  text: { text: string };
}

/** What a test may write for an input: plain text, several choices, a number, or the element's own payload. */
export type FormValue = string | number | string[] | Record<string, unknown> | null;

interface Place {
  blockId: string;
  element: SlackElement;
  /** True where a choice goes to the app at once. */
  dispatches: boolean;
}

type Surface = Pick<PlaygroundMessage | PlaygroundView, 'blocks'>;

function places({ blocks }: Surface): Place[] {
  return blocks.flatMap((block) => {
    const candidates = [...(Array.isArray(block.elements) ? block.elements : []), block.accessory, block.element] as (
      | SlackElement
      | undefined
    )[];
    return candidates
      .filter((element): element is SlackElement => element?.action_id !== undefined)
      .map((element) => ({
        blockId: String(block.block_id),
        element,
        dispatches: block.type !== 'input' || block.dispatch_action === true,
      }));
  });
}

/** Where a button or menu stands. Throws with what is there instead, so that a failing test explains itself. */
export function placeOfAction(surface: Surface, actionId: string): Place {
  const found = places(surface).find((place) => place.element.action_id === actionId);
  if (found === undefined) throw new Error(`No element "${actionId}" here, only: ${namesOf(surface)}`);
  return found;
}

export function placeOfBlock(surface: Surface, blockId: string): Place {
  const found = places(surface).find((place) => place.blockId === blockId);
  if (found === undefined) throw new Error(`No input in block "${blockId}" here, only: ${namesOf(surface)}`);
  return found;
}

const namesOf = (surface: Surface): string =>
  places(surface)
    .map((place) => `${place.blockId}/${place.element.action_id}`)
    .join(', ') || 'nothing to act on';

const SINGLE: Record<string, string> = {
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
};

/** A plain value in the shape in which Slack's client keeps it for this element. */
export function entryOf(
  element: SlackElement,
  value: FormValue,
  loaded?: SlackOption[],
): Record<string, unknown> | null {
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return value;
  const slot = SINGLE[element.type];
  if (slot !== undefined) return { [slot]: value };
  if (element.type === 'datetimepicker') return { selected_date_time: Number(value) };
  if (element.type.endsWith('_input')) return { value: String(value) };
  if (element.type === 'checkboxes' || element.type.startsWith('multi_'))
    return { selected_options: [value].flat().map((one) => option(element, String(one), loaded)) };
  return { selected_option: option(element, String(value), loaded) };
}

/** The option with this value, or else with this label. */
function option(element: SlackElement, wanted: string, loaded?: SlackOption[]): SlackOption {
  const groups = element.option_groups as { options: SlackOption[] }[] | undefined;
  const offered =
    loaded ?? (element.options as SlackOption[] | undefined) ?? groups?.flatMap((group) => group.options) ?? [];
  const found = offered.find((one) => one.value === wanted) ?? offered.find((one) => one.text.text === wanted);
  if (found === undefined)
    throw new Error(
      `"${element.action_id}" offers no "${wanted}", only: ${offered.map((one) => one.value).join(', ')}`,
    );
  return found;
}
