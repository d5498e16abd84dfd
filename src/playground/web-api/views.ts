import { z } from 'zod';
import {
  findModal,
  openModal,
  parseView,
  presentView,
  publishHome,
  pushModal,
  updateModal,
} from '../operations/views.js';
import type { ViewRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { json, method } from './method.js';

const trigger = z.looseObject({ trigger_id: z.string(), view: json(z.unknown()) });
const required = (view: unknown): unknown => {
  if (view === undefined || view === '')
    throw new Refusal('invalid_arguments', { messages: ['[ERROR] missing required field: view'] });
  return view;
};

/** The view is checked before the ticket is spent: a mistake in it can be corrected within the three seconds. */
const open = method('views.open', trigger, (world, args) => {
  const view = parseView(required(args.view), 'modal');
  const { user, channel } = world.triggers.exchange(args.trigger_id);
  return { view: presentView(world, openModal(world, user, view, channel)) };
});

const push = method('views.push', trigger, (world, args) => {
  const view = parseView(required(args.view), 'modal');
  const { user, channel } = world.triggers.exchange(args.trigger_id);
  return { view: presentView(world, pushModal(world, user, view, channel)) };
});

function assertFresh(view: ViewRecord, hash: string | undefined): void {
  if (hash !== undefined && hash !== '' && hash !== view.hash) throw new Refusal('hash_conflict');
}

const update = method(
  'views.update',
  z.looseObject({
    view: json(z.unknown()),
    view_id: z.string().optional(),
    external_id: z.string().optional(),
    hash: z.string().optional(),
  }),
  (world, args) => {
    const view = parseView(required(args.view), 'modal');
    if (args.view_id === undefined && args.external_id === undefined)
      throw new Refusal('invalid_arguments', { messages: ['[ERROR] missing required field: view_id or external_id'] });
    const known = findModal(
      world,
      (one) => one.id === args.view_id || (args.external_id !== undefined && one.externalId === args.external_id),
    );
    if (known === undefined) throw new Refusal('not_found');
    assertFresh(known, args.hash);
    return { view: presentView(world, updateModal(world, known, view)) };
  },
);

const publish = method(
  'views.publish',
  z.looseObject({ user_id: z.string(), view: json(z.unknown()), hash: z.string().optional() }),
  (world, args) => {
    const view = parseView(required(args.view), 'home');
    const user = world.workspace.users.get(args.user_id);
    if (user === undefined || user.isBot) throw new Refusal('user_not_found');
    const known = world.workspace.homes.get(user.id);
    if (known !== undefined) assertFresh(known, args.hash);
    return { view: presentView(world, publishHome(world, user.id, view)) };
  },
);

export const viewMethods = [open, push, update, publish];
