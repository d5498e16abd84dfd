import { z } from 'zod';
import { channelsOf } from '../operations/canvases.js';
import { mimetypeOf } from '../operations/files.js';
import { assertCanWrite, postMessage } from '../operations/messages.js';
import { presentCanvas, presentFile } from '../workspace/present.js';
import type { FileRecord } from '../workspace/records.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { draftOf } from './chat.js';
import { count, json, method, timestamp } from './method.js';

const getUrl = method(
  'files.getUploadURLExternal',
  z.looseObject({ filename: z.string().min(1), length: count, alt_txt: z.string().optional() }),
  (world, args) => {
    if (args.length < 1)
      throw new Refusal('invalid_arguments', { messages: ['[ERROR] must be more than 0 [json-pointer:/length]'] });
    const id = world.workspace.nextId('F');
    world.workspace.files.set(id, {
      id,
      name: args.filename,
      title: args.filename,
      mimetype: mimetypeOf(args.filename),
      ...(args.alt_txt !== undefined && { altText: args.alt_txt }),
      user: world.workspace.bot.id,
      created: world.workspace.seconds(),
      size: args.length,
      contentBase64: '',
      channels: [],
      complete: false,
    });
    return { file_id: id, upload_url: `${world.baseUrl}/upload/v1/${id}` };
  },
);

const complete = method(
  'files.completeUploadExternal',
  z.looseObject({
    files: json(z.array(z.looseObject({ id: z.string(), title: z.string().optional() })).min(1)),
    channel_id: z.string().optional(),
    channels: z.string().optional(),
    thread_ts: timestamp.optional(),
    initial_comment: z.string().optional(),
    blocks: json(z.unknown()).optional(),
  }),
  (world, args) => {
    const files = args.files.map((wanted) => uploaded(world, wanted.id));
    const channelIds = [args.channel_id, ...(args.channels ?? '').split(',')].filter(
      (id): id is string => id !== undefined && id !== '',
    );
    const channels = channelIds.map((id) => assertCanWrite(world, world.workspace.bot.id, id));
    for (const [index, file] of files.entries()) {
      file.title = args.files[index]?.title ?? file.title;
      file.complete = true;
      file.channels = channelIds;
    }
    const draft = {
      ...draftOf({ text: args.initial_comment, blocks: args.blocks, thread_ts: args.thread_ts }),
      fileIds: files.map((file) => file.id),
    };
    for (const channel of channels) postMessage(world, world.workspace.bot.id, channel, draft);
    return { files: files.map((file) => presentFile(world.workspace, file, world.baseUrl)) };
  },
);

/** A file whose bytes have arrived and that is on no message yet. */
function uploaded(world: World, id: string): FileRecord {
  const file = world.workspace.files.get(id);
  if (file === undefined || file.complete) throw new Refusal('file_not_found');
  if (file.contentBase64 === '') throw new Refusal('file_not_found');
  return file;
}

const info = method('files.info', z.looseObject({ file: z.string() }), (world, args) => {
  const canvas = world.workspace.canvases.get(args.file);
  if (canvas !== undefined) return { file: presentCanvas(world.workspace, canvas, world.baseUrl) };
  const file = world.workspace.files.get(args.file);
  if (file?.complete !== true) throw new Refusal('file_not_found');
  return {
    file: presentFile(world.workspace, file, world.baseUrl),
    comments: [],
    response_metadata: { next_cursor: '' },
  };
});

/** What the bot may see: its own files, and those in its channels. Newest first, in pages with numbers. */
const list = method(
  'files.list',
  z.looseObject({
    user: z.string().optional(),
    channel: z.string().optional(),
    ts_from: timestamp.optional(),
    count: count.optional(),
    page: count.optional(),
  }),
  (world, args) => {
    const { workspace, baseUrl } = world;
    const all = [
      ...[...workspace.files.values()]
        .filter((file) => file.complete)
        .map((file) => ({ file, channels: file.channels, shown: presentFile(workspace, file, baseUrl) })),
      ...[...workspace.canvases.values()].map((file) => ({
        file,
        channels: channelsOf(world, file).map(({ id }) => id),
        shown: presentCanvas(workspace, file, baseUrl),
      })),
    ];
    const found = all
      .filter(
        ({ file, channels }) =>
          (file.user === workspace.bot.id ||
            channels.some((id) => workspace.channels.get(id)?.memberIds.includes(workspace.bot.id) === true)) &&
          (args.user === undefined || file.user === args.user) &&
          (args.channel === undefined || channels.includes(args.channel)) &&
          file.created >= Number(args.ts_from ?? 0),
      )
      .reverse();
    const [size, page] = [Math.min(args.count ?? 100, 200), args.page ?? 1];
    const pages = Math.max(1, Math.ceil(found.length / size));
    return {
      files: found.slice((page - 1) * size, page * size).map(({ shown }) => shown),
      paging: { count: size, total: found.length, page, pages },
    };
  },
);

export const fileMethods = [getUrl, complete, info, list];
