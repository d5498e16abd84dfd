import type { SlackClient } from './slack-client.js';

const TIMEOUT_MILLISECONDS = 20_000;

export interface Upload {
  readonly channelId: string;
  readonly name: string;
  readonly title: string;
  readonly bytes: Buffer;
  readonly comment: string;
  /** For pictures: what they show, in at most 1,000 characters. */
  readonly altText?: string;
}

/** Uploads a file by Slack's three steps: ask for a place, bring the bytes, show it in a channel. */
export async function uploadFile(client: SlackClient, upload: Upload): Promise<void> {
  const { channelId, name, title, bytes, comment, altText } = upload;
  // Slack's name for it; the library's types have another, which Slack does not know.
  const wish = { filename: name, length: bytes.length, ...(altText !== undefined && { alt_txt: altText }) };
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal(wish);
  if (url === undefined || id === undefined) throw new Error('Slack gave no place to upload to.');
  const answer = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(bytes),
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  if (!answer.ok) throw new Error(`The upload was answered with ${answer.status}.`);
  await client.files.completeUploadExternal({
    files: [{ id, title }],
    channel_id: channelId,
    initial_comment: comment,
  });
}
