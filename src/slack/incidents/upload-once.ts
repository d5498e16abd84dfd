import type { SlackClient } from '../web/slack-client.js';

const LOOKED_AT = 100;
const TIMEOUT_MILLISECONDS = 20_000;

export interface TextFile {
  readonly channelId: string;
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly comment: string;
}

/**
 * Uploads a text file by Slack's three steps. One of the same name among the channel's newest messages is left as it is:
 * it is ours from before a crash, as the name holds the incident's id.
 */
export async function uploadOnce(
  client: SlackClient,
  { channelId, name, title, text, comment }: TextFile,
): Promise<void> {
  const { messages } = await client.conversations.history({ channel: channelId, limit: LOOKED_AT });
  if (messages?.some(({ files }) => files?.some((file) => file.name === name))) return;
  const bytes = Buffer.from(text, 'utf8');
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename: name,
    length: bytes.length,
  });
  if (url === undefined || id === undefined) throw new Error('Slack gave no place to upload to.');
  const answer = await fetch(url, { method: 'POST', body: bytes, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  if (!answer.ok) throw new Error(`The upload was answered with ${answer.status}.`);
  await client.files.completeUploadExternal({
    files: [{ id, title }],
    channel_id: channelId,
    initial_comment: comment,
  });
}
