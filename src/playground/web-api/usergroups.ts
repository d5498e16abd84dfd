import { z } from 'zod';
import { presentUsergroup } from '../workspace/present.js';
import type { UsergroupRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';
import { flag, idList, method } from './method.js';

function usergroup(world: World, id: string): UsergroupRecord {
  const group = world.workspace.usergroups.get(id);
  if (group === undefined) throw new Refusal('no_such_subteam');
  return group;
}

const list = method(
  'usergroups.list',
  z.looseObject({ include_users: flag.optional(), include_disabled: flag.optional() }),
  (world, args) => ({
    usergroups: [...world.workspace.usergroups.values()]
      .filter((group) => args.include_disabled === true || !group.disabled)
      .map((group) => presentUsergroup(world.workspace, group, args.include_users === true)),
  }),
);

const usersList = method('usergroups.users.list', z.looseObject({ usergroup: z.string() }), (world, args) => ({
  users: [...usergroup(world, args.usergroup).userIds],
}));

const create = method(
  'usergroups.create',
  z.looseObject({ name: z.string().min(1), handle: z.string().optional(), description: z.string().optional() }),
  (world, args) => {
    const handle = args.handle ?? args.name.toLowerCase().replace(/[^a-z0-9_-]+/gu, '-');
    const taken = [...world.workspace.usergroups.values()].some((group) => group.handle === handle);
    if (taken) throw new Refusal('handle_already_exists');
    const group: UsergroupRecord = {
      id: world.workspace.nextId('S'),
      handle,
      name: args.name,
      description: args.description ?? '',
      userIds: [],
      created: world.workspace.seconds(),
      disabled: false,
    };
    world.workspace.usergroups.set(group.id, group);
    announce(world, { kind: 'users' });
    return { usergroup: presentUsergroup(world.workspace, group, true) };
  },
);

const usersUpdate = method(
  'usergroups.users.update',
  z.looseObject({ usergroup: z.string(), users: idList }),
  (world, args) => {
    const group = usergroup(world, args.usergroup);
    if (args.users.length === 0) throw new Refusal('no_users_provided');
    for (const id of args.users) if (!world.workspace.users.has(id)) throw new Refusal('invalid_users');
    group.userIds = [...new Set(args.users)];
    announce(world, { kind: 'users' });
    return { usergroup: presentUsergroup(world.workspace, group, true) };
  },
);

export const usergroupMethods = [list, usersList, create, usersUpdate];
