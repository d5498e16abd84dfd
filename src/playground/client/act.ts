import { z } from 'zod';
import { runBlockAction, setInput } from '../interactions/block-action.js';
import { requestOptions } from '../interactions/options.js';
import { failure, type Outcome, refused } from '../interactions/outcome.js';
import { runGlobalShortcut, runMessageShortcut } from '../interactions/shortcuts.js';
import { runSlashCommand } from '../interactions/slash-command.js';
import { closeView, submitView } from '../interactions/submission.js';
import { joinChannel, leaveChannel, openDirectMessage } from '../operations/channels.js';
import { sharedFiles, uploadFile } from '../operations/files.js';
import { openHome } from '../operations/home.js';
import { assertCanWrite, deleteMessage, editMessage, postMessage } from '../operations/messages.js';
import { pinMessage, unpinMessage } from '../operations/pins.js';
import { addReaction, removeReaction } from '../operations/reactions.js';
import type { ClientAction } from '../protocol.js';
import type { MessageRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';

const user = z.string();
const inChannel = { user, channel: z.string() };
const onMessage = { ...inChannel, ts: z.string() };
const container = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), channel: z.string(), ts: z.string() }),
  z.object({ type: z.literal('view'), viewId: z.string() }),
]);
const value = z.record(z.string(), z.unknown());
const element = { user, blockId: z.string(), actionId: z.string() };

const actionShape = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('post_message'),
    ...inChannel,
    text: z.string(),
    threadTs: z.string().optional(),
    fileIds: z.array(z.string()).max(10).optional(),
  }),
  z.object({
    do: z.literal('slash_command'),
    ...inChannel,
    command: z.string(),
    text: z.string(),
    threadTs: z.string().optional(),
  }),
  z.object({ do: z.literal('global_shortcut'), user, callbackId: z.string() }),
  z.object({ do: z.literal('message_shortcut'), ...onMessage, callbackId: z.string() }),
  z.object({ do: z.literal('react'), ...onMessage, name: z.string() }),
  z.object({ do: z.literal('unreact'), ...onMessage, name: z.string() }),
  z.object({ do: z.literal('pin'), ...onMessage }),
  z.object({ do: z.literal('unpin'), ...onMessage }),
  z.object({ do: z.literal('edit_message'), ...onMessage, text: z.string() }),
  z.object({ do: z.literal('delete_message'), ...onMessage }),
  z.object({ do: z.literal('block_action'), ...element, container, value: value.optional() }),
  z.object({ do: z.literal('set_input'), ...element, viewId: z.string(), value: value.nullable() }),
  z.object({ do: z.literal('options'), ...element, container, value: z.string() }),
  z.object({ do: z.literal('submit_view'), user, viewId: z.string() }),
  z.object({ do: z.literal('close_view'), user, viewId: z.string(), clear: z.boolean().optional() }),
  z.object({ do: z.literal('upload_file'), user, name: z.string().max(200), contentBase64: z.base64() }),
  z.object({ do: z.literal('open_home'), user }),
  z.object({ do: z.literal('open_dm'), user, with: z.string() }),
  z.object({ do: z.literal('join'), ...inChannel }),
  z.object({ do: z.literal('leave'), ...inChannel }),
]);

/** One thing that a person does in their client. Answers what the client would learn; never throws for a refusal. */
export async function act(world: World, raw: unknown): Promise<Outcome> {
  const parsed = actionShape.safeParse(raw);
  if (!parsed.success) return refused('invalid_action', z.prettifyError(parsed.error));
  try {
    const person = world.workspace.user(parsed.data.user);
    if (person.deleted) throw new Refusal('account_inactive');
    return await perform(world, parsed.data);
  } catch (error) {
    return failure(error, 'That');
  }
}

async function perform(world: World, action: ClientAction): Promise<Outcome> {
  switch (action.do) {
    case 'slash_command':
      return runSlashCommand(world, action);
    case 'global_shortcut':
      return runGlobalShortcut(world, action.user, action.callbackId);
    case 'message_shortcut':
      return runMessageShortcut(world, action);
    case 'block_action':
      return runBlockAction(world, action);
    case 'set_input':
      return setInput(world, action);
    case 'options':
      return requestOptions(world, action);
    case 'submit_view':
      return submitView(world, action.user, action.viewId);
    case 'close_view':
      return closeView(world, action.user, action.viewId, action.clear ?? false);
    default:
      return { ok: true, ...changeWorkspace(world, action) };
  }
}

type WorkspaceAction = Exclude<
  ClientAction,
  {
    do:
      | 'slash_command'
      | 'global_shortcut'
      | 'message_shortcut'
      | 'block_action'
      | 'set_input'
      | 'options'
      | 'submit_view'
      | 'close_view';
  }
>;

/** What a person does without the app: it hears of it by an event. */
function changeWorkspace(world: World, action: WorkspaceAction): Record<string, unknown> {
  switch (action.do) {
    case 'post_message': {
      const channel = assertCanWrite(world, action.user, action.channel);
      const draft = {
        text: action.text,
        ...(action.threadTs !== undefined && { threadTs: action.threadTs }),
        ...(action.fileIds !== undefined && sharedFiles(world, { ...action, fileIds: action.fileIds })),
      };
      return { ts: postMessage(world, action.user, channel, draft).ts };
    }
    case 'edit_message':
      editMessage(world, assertCanWrite(world, action.user, action.channel), ownMessage(world, action), {
        text: action.text,
      });
      return {};
    case 'delete_message':
      deleteMessage(world, assertCanWrite(world, action.user, action.channel), ownMessage(world, action));
      return {};
    case 'react':
      addReaction(world, action.user, action.channel, action.ts, action.name);
      return {};
    case 'unreact':
      removeReaction(world, action.user, action.channel, action.ts, action.name);
      return {};
    case 'pin':
      pinMessage(world, action.user, action.channel, action.ts);
      return {};
    case 'unpin':
      unpinMessage(world, action.user, action.channel, action.ts);
      return {};
    case 'upload_file':
      return uploadFile(world, action);
    case 'open_home':
      openHome(world, action.user);
      return {};
    case 'open_dm':
      return { channel: openDirectMessage(world, [action.user, world.workspace.user(action.with).id]).channel.id };
    case 'join':
      joinChannel(world, action.user, action.channel);
      return {};
    case 'leave':
      leaveChannel(world, action.user, action.channel);
      return {};
  }
}

function ownMessage(world: World, place: { user: string; channel: string; ts: string }): MessageRecord {
  const message = world.workspace.message(place.channel, place.ts);
  if (message.user !== place.user) throw new Refusal('cant_update_message');
  return message;
}
