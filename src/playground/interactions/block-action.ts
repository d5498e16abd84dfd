import { entryFor } from '../block-kit/check-value.js';
import { findElement, type Located, slotOf } from '../block-kit/state-values.js';
import type { ActionContainer } from '../protocol.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { blocksOf, contextOf, keepValue, locate, type Surface, stateOf } from './container.js';
import { failure, type Outcome, refused } from './outcome.js';
import { basePayload, responseUrl } from './payloads.js';

export interface ActionInput {
  user: string;
  container: ActionContainer;
  blockId: string;
  actionId: string;
  value?: Record<string, unknown> | null | undefined;
}

type Element = Located['element'];
/** What an action carries of its element, when the element has it. */
const ECHOED = [
  'text',
  'value',
  'url',
  'style',
  'placeholder',
  'initial_option',
  'initial_options',
  'initial_date',
  'initial_user',
];

/** A person clicks or chooses. Resolves when the app has acknowledged. */
export async function runBlockAction(world: World, input: ActionInput): Promise<Outcome> {
  const surface = locate(world, input.user, input.container);
  const located = find(surface, input);
  const entry = entryFor(located.element, input.value ?? null);
  if (entry === null) return refused('invalid_value', 'This element does not offer that value.');
  if (slotOf(located.element.type) !== undefined) keepValue(world, input.user, surface, input, entry);
  if (located.block.type === 'input' && located.block.dispatch_action !== true) return { ok: true, dispatched: false };
  try {
    await world.door.interact('interactive', payloadOf(world, input, surface, { element: located.element, entry }));
    return { ok: true, dispatched: true };
  } catch (error) {
    return failure(error, 'That action');
  }
}

/** A person types into a form that is not listened to; kept until it is submitted. */
export function setInput(world: World, input: Omit<ActionInput, 'container'> & { viewId: string }): Outcome {
  const surface = locate(world, input.user, { type: 'view', viewId: input.viewId });
  const entry = entryFor(find(surface, input).element, input.value ?? null);
  if (entry === null) return refused('invalid_value', 'This element does not offer that value.');
  keepValue(world, input.user, surface, input, entry);
  return { ok: true };
}

export function find(surface: Surface, place: { blockId: string; actionId: string }): Located {
  const located = findElement(blocksOf(surface), place.blockId, place.actionId);
  if (located === undefined) throw new Refusal('element_not_found');
  return located;
}

function payloadOf(
  world: World,
  input: ActionInput,
  surface: Surface,
  { element, entry }: { element: Element; entry: Record<string, unknown> },
): Record<string, unknown> {
  const viewId = surface.kind === 'view' ? { viewId: surface.view.id } : { channel: surface.channel.id };
  return {
    ...basePayload(world, 'block_actions', input.user),
    trigger_id: world.triggers.issue({ user: input.user, ...viewId }),
    ...contextOf(world, surface),
    ...(surface.kind === 'message'
      ? { state: { values: stateOf(world, input.user, surface) }, response_url: answerTo(world, input.user, surface) }
      : {}),
    actions: [
      {
        action_id: input.actionId,
        block_id: input.blockId,
        ...Object.fromEntries(ECHOED.flatMap((key) => (element[key] === undefined ? [] : [[key, element[key]]]))),
        ...entry,
        action_ts: world.workspace.nextTs(),
      },
    ],
  };
}

function answerTo(world: World, user: string, { channel, message }: Extract<Surface, { kind: 'message' }>): string {
  const token = world.responseUrls.issue({
    user,
    channel: channel.id,
    ts: message.ts,
    ephemeral: message.ephemeralTo !== undefined,
    ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
  });
  return responseUrl(world, 'actions', token);
}
