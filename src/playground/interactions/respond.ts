import { z } from 'zod';
import { checkBlocks } from '../block-kit/check-blocks.js';
import { type Draft, deleteMessage, editMessage, postEphemeral, postMessage } from '../operations/messages.js';
import type { ChannelRecord, MessageRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import type { ResponseTarget } from './response-urls.js';

const body = z.looseObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  attachments: z.array(z.unknown()).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
  metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
});

/** What an app says in an acknowledgement or to a `response_url`: a new message, or a change to the one that was clicked in. */
export function respond(world: World, target: ResponseTarget, raw: Record<string, unknown>): void {
  const parsed = body.safeParse(raw);
  if (!parsed.success) throw new Refusal('invalid_payload', { status: 400 });
  const answer = parsed.data;
  const channel = world.workspace.channels.get(target.channel);
  if (channel === undefined) throw new Refusal('channel_not_found', { status: 404 });
  const original = originalOf(world, target);
  if (answer.delete_original === true) {
    if (original !== undefined) deleteMessage(world, channel, original);
    return;
  }
  const draft = draftOf(answer);
  if (answer.replace_original === true && original !== undefined) editMessage(world, channel, original, draft);
  else say(world, target, channel, draft, answer.response_type === 'in_channel');
}

function draftOf(answer: z.infer<typeof body>): Draft {
  const blocks = answer.blocks === undefined ? undefined : checkBlocks(answer.blocks, 'message');
  if (blocks?.ok === false) throw new Refusal('invalid_blocks', { status: 400, messages: blocks.messages });
  const draft: Draft = {
    text: answer.text ?? '',
    ...(blocks === undefined ? {} : { blocks: blocks.value }),
    ...(answer.attachments === undefined ? {} : { attachments: answer.attachments }),
    ...(answer.thread_ts === undefined ? {} : { threadTs: answer.thread_ts }),
    ...(answer.metadata === undefined ? {} : { metadata: answer.metadata }),
  };
  return draft;
}

/** An answer in the channel appears even where the bot is no member: the person brought it there. */
function say(world: World, target: ResponseTarget, channel: ChannelRecord, draft: Draft, inChannel: boolean): void {
  if (channel.isArchived) throw new Refusal('is_archived', { status: 400 });
  const threadTs = draft.threadTs ?? target.threadTs;
  const placed = threadTs === undefined ? draft : { ...draft, threadTs };
  if (inChannel) postMessage(world, world.workspace.bot.id, channel, placed);
  else postEphemeral(world, channel, target.user, placed);
}

function originalOf(world: World, target: ResponseTarget): MessageRecord | undefined {
  if (target.ts === undefined) return undefined;
  if (!target.ephemeral) return world.workspace.findMessage(target.channel, target.ts);
  return world.workspace.ephemeralsOf(target.user).find((message) => message.ts === target.ts);
}
