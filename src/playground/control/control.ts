import { z } from 'zod';
import type { HttpTransport } from '../delivery/http-transport.js';
import type { SocketTransport } from '../delivery/socket-transport.js';
import { addUser, changeUser } from '../operations/users.js';
import type { ControlRequests } from '../protocol.js';
import type { CallLog } from '../web-api/call-log.js';
import { Refusal } from '../workspace/refusal.js';
import { announce, type World } from '../world.js';

export interface ControlDependencies {
  world: World;
  calls: CallLog;
  http: HttpTransport | null;
  socket: SocketTransport | null;
}

type Answer = Record<string, unknown>;
type Command = (on: ControlDependencies, raw: unknown) => Promise<Answer>;

function command<S extends z.ZodType>(
  shape: S,
  run: (on: ControlDependencies, input: z.infer<S>) => Answer | Promise<Answer>,
): Command {
  return async (on, raw) => {
    const parsed = shape.safeParse(raw ?? {});
    if (!parsed.success) throw new Refusal('invalid_request', { messages: [z.prettifyError(parsed.error)] });
    return run(on, parsed.data);
  };
}

const person = z.object({ user: z.string() });
const nothing = z.object({});
const failure = z.object({
  method: z.string(),
  error: z.string(),
  times: z.number().int().min(0),
  retryAfterSeconds: z.number().int().min(0).optional(),
  status: z.number().int().optional(),
});
const newUser = z.object({
  name: z.string(),
  realName: z.string(),
  email: z.string(),
  teamId: z.string().optional(),
});

const COMMANDS: Record<keyof ControlRequests, Command> = {
  fail: command(failure, ({ calls }, input) => {
    calls.plan(input.method, input);
    return {};
  }),
  redeliver: command(z.object({ eventType: z.string() }), ({ world }, input) => {
    if (!world.door.redeliver(input.eventType)) throw new Refusal('no_such_event');
    return {};
  }),
  deactivate: command(person, ({ world }, input) => ({ user: changeUser(world, input.user, { deleted: true }) })),
  restrict: command(person, ({ world }, input) => ({ user: changeUser(world, input.user, { isRestricted: true }) })),
  add_user: command(newUser, ({ world }, input) => ({ user: addUser(world, input) })),
  reset: command(nothing, ({ world, calls }) => {
    world.workspace.reset();
    world.modals.clear();
    world.messageStates.clear();
    calls.clear();
    announce(world, { kind: 'reset' });
    return {};
  }),
  calls: command(
    z.object({ method: z.string().optional(), sinceIndex: z.number().int().optional() }),
    ({ calls }, input) => ({ calls: calls.list(input.method, input.sinceIndex) }),
  ),
  settled: command(nothing, async ({ world }) => {
    await world.door.settled();
    return {};
  }),
  refresh_sockets: command(nothing, ({ socket }) => ({ refreshed: socket?.refresh() ?? 0 })),
  emit_event: command(z.object({ event: z.looseObject({ type: z.string() }) }), ({ world }, input) => {
    world.door.emit(input.event);
    return {};
  }),
  verify_url: command(nothing, async ({ http }) => ({ verified: (await http?.verifyUrl()) ?? false })),
};

/** Drives the playground from a test: what real Slack would never let you do. Throws a Refusal for an unknown or malformed request. */
export async function control(on: ControlDependencies, name: string, raw: unknown): Promise<Answer> {
  if (!isCommand(name)) throw new Refusal('unknown_control');
  return COMMANDS[name](on, raw);
}

const isCommand = (name: string): name is keyof ControlRequests => Object.hasOwn(COMMANDS, name);
