import { z } from 'zod';
import { AppError } from '../../shared/index.js';
import type { SlackClient } from './slack-client.js';

const TIMEOUT_MILLISECONDS = 5_000;
const SLACK_FILES = 'files.slack.com';

const info = z.object({
  file: z.object({ name: z.string().default(''), size: z.number(), url_private_download: z.string().optional() }),
});

export class FileUnreadable extends AppError {
  readonly code = 'slack.file_unreadable';
}

/**
 * The text of a file that somebody gave in a form. It is asked for by its id: an address that came with a form is nobody's
 * word. The token goes to Slack's own host alone. @throws FileUnreadable
 */
export async function readSharedFile(
  client: SlackClient,
  fileId: string,
  { apiUrl, maxBytes }: { apiUrl: string | undefined; maxBytes: number },
): Promise<{ name: string; text: string }> {
  const { file } = info.parse(await client.files.info({ file: fileId }));
  if (file.size > maxBytes)
    throw new FileUnreadable(`${file.name} is larger than ${maxBytes / 1024} KiB. Nothing was requested; split it.`);
  const address = file.url_private_download ?? '';
  if (!URL.canParse(address) || !isSlacks(new URL(address), apiUrl)) throw unreadable();
  const answer = await fetch(address, {
    headers: { authorization: `Bearer ${client.token ?? ''}` },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  }).catch((cause: unknown) => {
    throw unreadable(cause);
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  // Without the scope files:read Slack answers with a page that asks to sign in.
  if (!answer.ok || bytes.length !== file.size) throw unreadable();
  return { name: file.name, text: bytes.toString('utf8') };
}

function isSlacks(url: URL, apiUrl: string | undefined): boolean {
  if (apiUrl !== undefined) return url.host === new URL(apiUrl).host;
  return url.protocol === 'https:' && url.host === SLACK_FILES;
}

function unreadable(cause?: unknown): FileUnreadable {
  return new FileUnreadable(
    'The file can’t be read from Slack just now. Nothing was requested; paste what is in it instead, or try again.',
    { cause },
  );
}
