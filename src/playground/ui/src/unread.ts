import type { ClientSnapshot, PlaygroundMessage } from '../../protocol';

export interface Unread {
  count: number;
  /** How many of them speak to this person: in a direct message all of them. */
  mentions: number;
}

/** Per channel, what came from others after this person last looked. `read` holds the timestamp of the last one seen. */
export function unreadOf(
  snapshot: Pick<ClientSnapshot, 'me' | 'channels' | 'messages'>,
  read: Record<string, string>,
  since: string,
): Record<string, Unread> {
  const result: Record<string, Unread> = {};
  for (const channel of snapshot.channels) {
    if (!channel.memberIds.includes(snapshot.me)) continue;
    const direct = channel.kind === 'im' || channel.kind === 'mpim';
    const seen = later(read[channel.id] ?? since, since);
    const fresh = (snapshot.messages[channel.id] ?? []).filter(
      (message) => isFrom(message, snapshot.me) && Number(message.ts) > Number(seen),
    );
    const mentions = fresh.filter((message) => direct || speaksTo(message, snapshot.me)).length;
    const count = fresh.filter((message) => message.threadTs === undefined || message.threadTs === message.ts).length;
    if (count + mentions > 0) result[channel.id] = { count, mentions };
  }
  return result;
}

function isFrom(message: PlaygroundMessage, me: string): boolean {
  return message.user !== me && !message.deleted && (message.subtype === undefined || message.subtype === 'file_share');
}

function speaksTo(message: PlaygroundMessage, me: string): boolean {
  const words = `${message.text} ${JSON.stringify(message.blocks)}`;
  return message.ephemeralTo === undefined && (words.includes(`<@${me}>`) || /<!(channel|here|everyone)/.test(words));
}

function later(a: string, b: string): string {
  return Number(a) > Number(b) ? a : b;
}
