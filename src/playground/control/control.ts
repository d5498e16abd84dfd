import { z } from 'zod';
import type { SocketTransport } from '../delivery/socket-transport.js';
import type { ControlRequests } from '../protocol.js';
import type { CallLog } from '../web-api/call-log.js';
import type { UserRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';

export interface ControlDependencies {
  world: World;
  calls: CallLog;
  socket: SocketTransport | null;
}

type Answer = Record<string, unknown>;
type Shapes = { [Name in keyof ControlRequests]: z.ZodType<ControlRequests[Name]> };

const person = z.object({ user: z.string() });
const shapes: Shapes = {
  fail: z.object({
    method: z.string(),
    error: z.string(),
    times: z.number().int().min(0),
    retryAfterSeconds: z.number().int().min(0).optional(),
    status: z.number().int().optional(),
  }),
  redeliver: z.object({ eventType: z.string() }),
  deactivate: person,
  restrict: person,
  add_user: z.object({ name: z.string(), realName: z.string(), email: z.string(), teamId: z.string().optional() }),
  reset: z.object({}),
  calls: z.object({ method: z.string().optional(), sinceIndex: z.number().int().optional() }),
  settled: z.object({}),
  refresh_sockets: z.object({}),
  emit_event: z.object({ event: z.looseObject({ type: z.string() }) }),
};

const handlers: {
  [Name in keyof ControlRequests]: (on: ControlDependencies, input: ControlRequests[Name]) => Answer | Promise<Answer>;
} = {
  fail: ({ calls }, input) => {
    calls.plan(input.method, input);
    return {};
  },
  redeliver: ({ world }, input) => {
    if (!world.door.redeliver(input.eventType)) throw new Refusal('no_such_event');
    return {};
  },
  deactivate: ({ world }, input) => changeUser(world, input.user, { deleted: true }),
  restrict: ({ world }, input) => changeUser(world, input.user, { isRestricted: true }),
  add_user: ({ world }, input) => addUser(world, input),
  reset: ({ world, calls }) => {
    world.workspace.reset();
    world.modals.clear();
    world.messageStates.clear();
    calls.clear();
    announce(world, { kind: 'reset' });
    return {};
  },
  calls: ({ calls }, input) => ({ calls: calls.list(input.method, input.sinceIndex) }),
  settled: async ({ world }) => {
    await world.door.settled();
    return {};
  },
  refresh_sockets: ({ socket }) => {
    socket?.refresh();
    return { connections: socket?.connectionCount ?? 0 };
  },
  emit_event: ({ world }, input) => {
    world.door.emit(input.event);
    return {};
  },
};

/** Drives the playground from a test: what real Slack would never let you do. Throws a Refusal for an unknown or malformed request. */
export async function control(on: ControlDependencies, name: string, raw: unknown): Promise<Answer> {
  if (!isControl(name)) throw new Refusal('unknown_control');
  return run(on, name, raw);
}

const isControl = (name: string): name is keyof ControlRequests => Object.hasOwn(handlers, name);

async function run<Name extends keyof ControlRequests>(
  on: ControlDependencies,
  name: Name,
  raw: unknown,
): Promise<Answer> {
  const parsed = shapes[name].safeParse(raw ?? {});
  if (!parsed.success) throw new Refusal('invalid_request', { messages: [z.prettifyError(parsed.error)] });
  return handlers[name](on, parsed.data);
}

function changeUser(world: World, id: string, change: Partial<UserRecord>): Answer {
  const user = world.workspace.user(id);
  Object.assign(user, change);
  announce(world, { kind: 'users' });
  return { user };
}

function addUser(world: World, input: ControlRequests['add_user']): Answer {
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
  for (const channel of world.workspace.channels.values()) if (channel.isGeneral) channel.memberIds.push(user.id);
  announce(world, { kind: 'users' });
  return { user };
}
