import { z } from 'zod';
import { presentUser } from '../workspace/present.js';
import { Refusal } from '../workspace/refusal.js';
import { listed } from './conversations.js';
import { flag, idList, method, pageArgs } from './method.js';
import { page } from './page.js';

const list = method('users.list', z.looseObject({ ...pageArgs }), (world, args) => {
  const users = [...world.workspace.users.values()];
  const { items, nextCursor } = page(users, args, { defaultLimit: 1000, maxLimit: 1000, key: (user) => user.id });
  return {
    members: items.map(presentUser),
    cache_ts: world.workspace.seconds(),
    response_metadata: { next_cursor: nextCursor },
  };
});

const info = method('users.info', z.looseObject({ user: z.string() }), (world, args) => ({
  user: presentUser(world.workspace.user(args.user)),
}));

const lookupByEmail = method('users.lookupByEmail', z.looseObject({ email: z.string() }), (world, args) => {
  const wanted = args.email.trim().toLowerCase();
  const user = [...world.workspace.users.values()].find(
    (one) => one.email.toLowerCase() === wanted && !one.deleted && wanted !== '',
  );
  if (user === undefined) throw new Refusal('users_not_found');
  return { user: presentUser(user) };
});

const profile = method('users.profile.get', z.looseObject({ user: z.string().optional() }), (world, args) => ({
  profile: presentUser(world.workspace.user(args.user ?? world.workspace.bot.id)).profile,
}));

const conversations = method(
  'users.conversations',
  z.looseObject({
    user: z.string().optional(),
    types: idList.optional(),
    exclude_archived: flag.optional(),
    ...pageArgs,
  }),
  (world, args) => listed(world, args, world.workspace.user(args.user ?? world.workspace.bot.id).id),
);

export const userMethods = [list, info, lookupByEmail, profile, conversations];
