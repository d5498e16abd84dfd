import { z } from 'zod';
import { submissionErrors } from '../block-kit/check-submission.js';
import type { Acknowledgement } from '../delivery/door.js';
import { parseView, presentView, pushModal, setStack, stackOf, updateModal } from '../operations/views.js';
import type { ViewRecord } from '../workspace/records.js';
import { announce, type World } from '../world.js';
import { ownView } from './container.js';
import { failure, type Outcome, refused } from './outcome.js';
import { basePayload } from './payloads.js';
import { submissionUrls } from './submission-urls.js';

const answerShape = z.discriminatedUnion('response_action', [
  z.looseObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.looseObject({ response_action: z.literal('update'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('push'), view: z.unknown() }),
  z.looseObject({ response_action: z.literal('clear') }),
]);

const TROUBLE = 'We had some trouble connecting. Try again?';

/** A person presses a modal's submit button. Resolves when the app has acknowledged and its wish was followed. */
export async function submitView(world: World, user: string, viewId: string): Promise<Outcome> {
  const view = ownView(world, user, viewId);
  if (view.type !== 'modal' || view.submit === undefined)
    return refused('not_submittable', 'This view has no submit button.');
  const errors = submissionErrors(view.blocks, view.state);
  showErrors(world, view, errors);
  if (Object.keys(errors).length > 0) return { ok: false, error: 'invalid_input', errors };
  try {
    const acknowledgement = await world.door.interact('interactive', {
      ...basePayload(world, 'view_submission', user),
      trigger_id: world.triggers.issue({ user, viewId: view.id }),
      view: presentView(world, view),
      response_urls: submissionUrls(world, view),
    });
    return follow(world, view, acknowledgement);
  } catch (error) {
    const outcome = failure(error, 'Submitting');
    return outcome.ok ? outcome : { ...outcome, detail: TROUBLE };
  }
}

function showErrors(world: World, view: ViewRecord, errors: Record<string, string>): void {
  view.errors = errors;
  announce(world, { kind: 'modals', user: view.user });
}

function follow(world: World, view: ViewRecord, acknowledgement: Acknowledgement): Outcome {
  if (acknowledgement.kind === 'empty' || isEmptyObject(acknowledgement)) {
    remove(world, view);
    return { ok: true, responseAction: 'close' };
  }
  const parsed = acknowledgement.kind === 'json' ? answerShape.safeParse(acknowledgement.body) : undefined;
  if (parsed?.success !== true)
    return refused('app_error', `${TROUBLE} (the app's answer has no valid response_action)`);
  const answer = parsed.data;
  switch (answer.response_action) {
    case 'clear':
      setStack(world, view.user, []);
      break;
    case 'errors':
      return followErrors(world, view, answer.errors);
    case 'update':
      updateModal(world, view, parseView(answer.view, 'modal'));
      break;
    case 'push':
      pushModal(world, view.user, parseView(answer.view, 'modal'));
      break;
  }
  return { ok: true, responseAction: answer.response_action };
}

/** Errors can be shown only at input blocks; Slack takes the whole answer as broken if one points elsewhere. */
function followErrors(world: World, view: ViewRecord, errors: Record<string, string>): Outcome {
  const inputs = new Set(view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id));
  const astray = Object.keys(errors).filter((blockId) => !inputs.has(blockId));
  if (astray.length > 0)
    return refused('app_error', `${TROUBLE} (errors for blocks that are no inputs: ${astray.join(', ')})`);
  showErrors(world, view, errors);
  return { ok: true, responseAction: 'errors', errors };
}

const isEmptyObject = (acknowledgement: Acknowledgement): boolean =>
  acknowledgement.kind === 'json' && Object.keys(acknowledgement.body).length === 0;

function remove(world: World, view: ViewRecord): void {
  setStack(
    world,
    view.user,
    stackOf(world, view.user).filter((one) => one.id !== view.id),
  );
}

/** A person closes the top modal (or, with `clear`, all of them). The app hears of it if it asked to. */
export async function closeView(world: World, user: string, viewId: string, clear: boolean): Promise<Outcome> {
  const view = ownView(world, user, viewId);
  if (view.type !== 'modal') return refused('not_closable', 'The Home tab cannot be closed.');
  const cleared = clear || view.clearOnClose;
  const closed = cleared ? [...stackOf(world, user)].reverse() : [view];
  const shown = closed.filter((one) => one.notifyOnClose).map((one) => presentView(world, one));
  if (cleared) setStack(world, user, []);
  else remove(world, view);
  try {
    for (const one of shown)
      await world.door.interact('interactive', {
        ...basePayload(world, 'view_closed', user),
        view: one,
        is_cleared: cleared,
      });
    return { ok: true };
  } catch (error) {
    return failure(error, 'Closing');
  }
}
