import type { SlackClient } from '../web/slack-client.js';
import { uploadFile } from '../web/upload-file.js';

const LOOKED_AT = 100;

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
  await uploadFile(client, { channelId, name, title, bytes: Buffer.from(text, 'utf8'), comment });
}
