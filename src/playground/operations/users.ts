import type { ControlRequests } from '../protocol.js';
import { presentUser } from '../workspace/present.js';
import type { UserRecord } from '../workspace/records.js';
import { announce, type World } from '../world.js';

/** An administrator changes somebody; the app hears of it by `user_change`. */
export function changeUser(world: World, id: string, change: Partial<UserRecord>): UserRecord {
  const user = world.workspace.user(id);
  Object.assign(user, change);
  announce(world, { kind: 'users' });
  tell(world, 'user_change', user);
  return user;
}

/** Somebody new, in #general as everybody is. */
export function addUser(world: World, input: ControlRequests['add_user']): UserRecord {
  const user: UserRecord = {
    id: world.workspace.nextId('U'),
    name: input.name,
    realName: input.realName,
    email: input.email,
    title: '',
    isBot: false,
    isRestricted: false,
    deleted: false,
    teamId: input.teamId ?? world.workspace.team.id,
    color: '#6b7280',
  };
  world.workspace.users.set(user.id, user);
  announce(world, { kind: 'users' });
  tell(world, 'team_join', user);
  for (const channel of world.workspace.channels.values()) {
    if (!channel.isGeneral) continue;
    channel.memberIds.push(user.id);
    announce(world, { kind: 'channel', channel });
  }
  return user;
}

function tell(world: World, type: 'user_change' | 'team_join', user: UserRecord): void {
  world.door.emit({
    type,
    user: presentUser(user),
    cache_ts: world.workspace.seconds(),
    event_ts: world.workspace.nextTs(),
  });
}
