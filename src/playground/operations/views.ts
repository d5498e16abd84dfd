import { randomBytes } from 'node:crypto';
import { type CheckedView, checkView, MAX_VIEW_BYTES } from '../block-kit/check-view.js';
import { initialState } from '../block-kit/state-values.js';
import type { ViewRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { APP_ID, BOT_ID } from '../workspace/workspace-seed.js';
import { announce, type World } from '../world.js';

/** Slack's limit on modals above each other. */
const MAX_STACK = 3;

export const stackOf = (world: World, user: string): ViewRecord[] => world.modals.get(user) ?? [];

export function setStack(world: World, user: string, stack: ViewRecord[]): void {
  if (stack.length === 0) world.modals.delete(user);
  else world.modals.set(user, stack);
  announce(world, { kind: 'modals', user });
}

const newHash = (world: World): string => `${world.workspace.seconds()}.${randomBytes(4).toString('hex')}`;

/** Parses what the app sent as a view. Throws `view_too_large` or `invalid_arguments` with the places that are wrong. */
export function parseView(input: unknown, only: 'modal' | 'home'): CheckedView {
  if (Buffer.byteLength(JSON.stringify(input ?? null)) > MAX_VIEW_BYTES) throw new Refusal('view_too_large');
  const checked = checkView(input, only);
  if (!checked.ok) throw new Refusal('invalid_arguments', { messages: checked.messages });
  return checked.value;
}

function fieldsOf(view: CheckedView) {
  const common = {
    callbackId: view.callback_id ?? '',
    externalId: view.external_id ?? '',
    blocks: view.blocks,
    privateMetadata: view.private_metadata ?? '',
    errors: {},
  };
  if (view.type === 'home')
    return { ...common, title: 'View Title', clearOnClose: false, notifyOnClose: false, submitDisabled: false };
  return {
    ...common,
    title: view.title.text,
    clearOnClose: view.clear_on_close ?? false,
    notifyOnClose: view.notify_on_close ?? false,
    submitDisabled: view.submit_disabled ?? false,
    ...(view.submit === undefined ? {} : { submit: view.submit.text }),
    ...(view.close === undefined ? {} : { close: view.close.text }),
  };
}

function newView(world: World, user: string, view: CheckedView, below?: ViewRecord, channel?: string): ViewRecord {
  assertExternalId(world, view.external_id);
  const id = world.workspace.nextId('V');
  return {
    id,
    user,
    type: view.type,
    ...fieldsOf(view),
    hash: newHash(world),
    rootViewId: below?.rootViewId ?? id,
    ...(below === undefined ? {} : { previousViewId: below.id }),
    state: initialState(view.blocks, channel),
  };
}

function assertExternalId(world: World, externalId: string | undefined, except?: ViewRecord): void {
  if (externalId === undefined || externalId === '') return;
  const taken = [...world.modals.values(), [...world.workspace.homes.values()]]
    .flat()
    .some((one) => one.externalId === externalId && one !== except);
  if (taken) throw new Refusal('duplicate_external_id');
}

/** New content under the same id. What was typed stays where block, action and type are the same. */
function replaceView(world: World, old: ViewRecord, view: CheckedView): ViewRecord {
  assertExternalId(world, view.external_id, old);
  const { submit: _submit, close: _close, ...kept } = old;
  return { ...kept, ...fieldsOf(view), hash: newHash(world), state: initialState(view.blocks, undefined, old.state) };
}

export function openModal(world: World, user: string, view: CheckedView, channel?: string): ViewRecord {
  const modal = newView(world, user, view, undefined, channel);
  setStack(world, user, [modal]);
  return modal;
}

/** Puts a modal above the ones that are open. Throws `push_limit_reached` at three, `not_found` when there is none. */
export function pushModal(world: World, user: string, view: CheckedView, channel?: string): ViewRecord {
  const stack = stackOf(world, user);
  const top = stack.at(-1);
  if (top === undefined) throw new Refusal('not_found');
  if (stack.length >= MAX_STACK) throw new Refusal('push_limit_reached');
  const modal = newView(world, user, view, top, channel);
  setStack(world, user, [...stack, modal]);
  return modal;
}

export function findModal(world: World, matches: (view: ViewRecord) => boolean): ViewRecord | undefined {
  return [...world.modals.values()].flat().find(matches);
}

export function updateModal(world: World, old: ViewRecord, view: CheckedView): ViewRecord {
  const updated = replaceView(world, old, view);
  setStack(
    world,
    old.user,
    stackOf(world, old.user).map((one) => (one.id === old.id ? updated : one)),
  );
  return updated;
}

/** Shows the Home tab's new content to its person. */
export function publishHome(world: World, user: string, view: CheckedView): ViewRecord {
  const old = world.workspace.homes.get(user);
  const home = old === undefined ? newView(world, user, view) : replaceView(world, old, view);
  world.workspace.homes.set(user, home);
  announce(world, { kind: 'home', user });
  return home;
}

const plain = (text: string | undefined): unknown =>
  text === undefined ? null : { type: 'plain_text', text, emoji: true };

/** A view as `views.open` answers it and as interaction payloads carry it. */
export function presentView(world: World, view: ViewRecord): Record<string, unknown> {
  return {
    id: view.id,
    team_id: world.workspace.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values: view.state },
    hash: view.hash,
    title: plain(view.title),
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: plain(view.close),
    submit: plain(view.submit),
    previous_view_id: view.previousViewId ?? null,
    root_view_id: view.rootViewId,
    app_id: APP_ID,
    external_id: view.externalId,
    app_installed_team_id: world.workspace.team.id,
    bot_id: BOT_ID,
  };
}
