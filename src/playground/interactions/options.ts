import { z } from 'zod';
import { option, optionGroup } from '../block-kit/composition.js';
import { initialState } from '../block-kit/state-values.js';
import type { World } from '../world.js';
import { type ActionInput, find } from './block-action.js';
import { contextOf, locate, type Surface } from './container.js';
import { failure, type Outcome, refused } from './outcome.js';
import { basePayload } from './payloads.js';

const answerShape = z.union([
  z.looseObject({ options: z.array(option).max(100) }),
  z.looseObject({ option_groups: z.array(optionGroup).max(100) }),
]);

/** Slack asks only after this many characters, unless the element says otherwise. */
const MIN_QUERY_LENGTH = 3;

/** A person types into a select whose options the app has. Answers with `options` or `option_groups`. */
export async function requestOptions(
  world: World,
  input: Omit<ActionInput, 'value'> & { value: string },
): Promise<Outcome> {
  const surface = locate(world, input.user, input.container);
  const { element } = find(surface, input);
  if (!element.type.endsWith('external_select')) return refused('not_external', 'This element has its options itself.');
  const least = typeof element.min_query_length === 'number' ? element.min_query_length : MIN_QUERY_LENGTH;
  if (input.value.length < least) return { ok: true, options: [] };
  try {
    const acknowledgement = await world.door.interact('options', {
      ...basePayload(world, 'block_suggestion', input.user),
      ...asLastShown(contextOf(world, surface), surface),
      action_id: input.actionId,
      block_id: input.blockId,
      value: input.value,
    });
    const parsed = acknowledgement.kind === 'json' ? answerShape.safeParse(acknowledgement.body) : undefined;
    return parsed?.success === true
      ? { ok: true, ...parsed.data }
      : refused('app_error', 'No results could be loaded.');
  } catch (error) {
    return failure(error, 'Loading the options');
  }
}

/** As Slack does it: here a view's state is as it was when the app showed the view last, not as the person filled it in since. */
function asLastShown(context: Record<string, unknown>, surface: Surface): Record<string, unknown> {
  if (surface.kind !== 'view') return context;
  const { view } = context as { view: Record<string, unknown> };
  return { ...context, view: { ...view, state: { values: initialState(surface.view.blocks) } } };
}
