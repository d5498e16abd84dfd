import { presentFile } from '../workspace/present.js';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';

/** More than any form here asks for; the body of an action has a limit too. */
const MAX_BYTES = 512 * 1024;
/** How Slack calls a message with files. */
export const FILE_SHARE = 'file_share';
const MIME_TYPES = new Map(
  Object.entries({
    csv: 'text/csv',
    json: 'application/json',
    md: 'text/markdown',
    pdf: 'application/pdf',
    png: 'image/png',
    svg: 'image/svg+xml',
    txt: 'text/plain',
    yaml: 'text/yaml',
  }),
);

export const mimetypeOf = (name: string): string =>
  MIME_TYPES.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'application/octet-stream';

/** A file that a person chose in a form: as it will stand in the form's state. The app reads it with `files.info`. */
export function uploadFile(
  world: World,
  { user, name, contentBase64 }: { user: string; name: string; contentBase64: string },
): { file: Record<string, unknown> } {
  const bytes = Buffer.from(contentBase64, 'base64');
  if (name.trim() === '' || bytes.length === 0) throw new Refusal('no_file_data');
  if (bytes.length > MAX_BYTES) throw new Refusal('file_too_large');
  const record = {
    id: world.workspace.nextId('F'),
    name,
    title: name,
    mimetype: mimetypeOf(name),
    user,
    created: world.workspace.seconds(),
    size: bytes.length,
    contentBase64: bytes.toString('base64'),
    channels: [],
    complete: true,
  };
  world.workspace.files.set(record.id, record);
  return { file: presentFile(world.workspace, record, world.baseUrl) };
}

/** Puts files that a person uploaded into a channel: what their message then carries. */
export function sharedFiles(
  world: World,
  { user, channel, fileIds }: { user: string; channel: string; fileIds: string[] },
): { fileIds: string[]; subtype: string } {
  const files = fileIds.map((id) => world.workspace.files.get(id));
  for (const file of files) {
    if (file?.user !== user) throw new Refusal('file_not_found');
    file.channels = [...new Set([...file.channels, channel])];
  }
  return { fileIds, subtype: FILE_SHARE };
}
