import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';

/** For public channels, and for private ones. */
type Scopes = readonly [string, string?];

const MANAGE: Scopes = ['channels:manage', 'groups:write'];
const HISTORY: Scopes = ['channels:history', 'groups:history'];
const READ: Scopes = ['channels:read', 'groups:read'];

/** What Slack's documentation asks for, for a bot. Methods that are not here need none. */
const NEEDED: Readonly<Record<string, Scopes>> = {
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.edit': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'bookmarks.remove': ['bookmarks:write'],
  'canvases.access.set': ['canvases:write'],
  'canvases.create': ['canvases:write'],
  'canvases.delete': ['canvases:write'],
  'canvases.edit': ['canvases:write'],
  'canvases.sections.lookup': ['canvases:read'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.archive': MANAGE,
  'conversations.canvases.create': ['canvases:write'],
  'conversations.create': MANAGE,
  'conversations.history': HISTORY,
  'conversations.info': READ,
  'conversations.invite': MANAGE,
  'conversations.join': ['channels:join'],
  'conversations.kick': MANAGE,
  'conversations.list': READ,
  'conversations.members': READ,
  'conversations.open': ['im:write'],
  'conversations.rename': MANAGE,
  'conversations.replies': HISTORY,
  'conversations.setPurpose': MANAGE,
  'conversations.setTopic': MANAGE,
  'conversations.unarchive': MANAGE,
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'files.list': ['files:read'],
  'pins.add': ['pins:write'],
  'pins.list': ['pins:read'],
  'pins.remove': ['pins:write'],
  'reactions.add': ['reactions:write'],
  'reactions.get': ['reactions:read'],
  'reactions.remove': ['reactions:write'],
  'usergroups.create': ['usergroups:write'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'usergroups.users.update': ['usergroups:write'],
  'users.conversations': READ,
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
};

/** Refuses a call for which the app was not granted the scope. Without a list of scopes it has them all. */
export function assertScope(world: World, method: string, args: Record<string, unknown>): void {
  const { scopes } = world.options.app;
  const needed = scopes === undefined ? undefined : neededFor(world, method, args);
  if (scopes === undefined || needed === undefined || scopes.includes(needed)) return;
  throw new Refusal('missing_scope', { fields: { needed, provided: scopes.join(',') } });
}

function neededFor(world: World, method: string, args: Record<string, unknown>): string | undefined {
  const [forPublic, forPrivate] = NEEDED[method] ?? [];
  const { kind } = world.workspace.channels.get(typeof args.channel === 'string' ? args.channel : '') ?? {};
  if (kind === 'im' || kind === 'mpim') return forPrivate === undefined ? forPublic : undefined;
  const isPrivate = kind === 'private' || args.is_private === true || args.is_private === 'true';
  return isPrivate && forPrivate !== undefined ? forPrivate : forPublic;
}
