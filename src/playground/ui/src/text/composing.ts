import type { ClientSnapshot } from '../../../protocol';

type Known = Pick<ClientSnapshot, 'users' | 'channels'>;

export interface Suggestion {
  kind: 'command' | 'person' | 'channel';
  key: string;
  /** What the whole text becomes. */
  insert: string;
  title: string;
  hint?: string;
  detail: string;
}

const MOST = 7;

/** What could be meant by the end of what was typed: a command while it is the only word, then people and channels. */
export function suggest(snapshot: Known & Pick<ClientSnapshot, 'bot'>, text: string): Suggestion[] {
  if (/^\/\S*( )?$/.test(text)) return commands(snapshot, text);
  const word = /(?:^|\s)([@#])([\w-]*)$/.exec(text);
  if (word === null) return [];
  const [, sign = '', typed = ''] = word;
  const before = text.slice(0, text.length - typed.length);
  return sign === '@' ? people(snapshot, before, typed.toLowerCase()) : channels(snapshot, before, typed.toLowerCase());
}

function commands({ bot }: Pick<ClientSnapshot, 'bot'>, text: string): Suggestion[] {
  return bot.commands
    .filter((one) => `${one.command} `.startsWith(text))
    .map((one) => ({
      kind: 'command',
      key: one.command,
      insert: `${one.command} `,
      title: one.command,
      hint: one.usageHint,
      detail: one.description,
    }));
}

function people({ users }: Known, before: string, typed: string): Suggestion[] {
  return users
    .filter((user) => !user.deleted)
    .filter((user) => [user.name, ...user.realName.toLowerCase().split(' ')].some((name) => name.startsWith(typed)))
    .slice(0, MOST)
    .map((user) => ({
      kind: 'person',
      key: `@${user.id}`,
      insert: `${before}${user.name} `,
      title: user.realName,
      detail: user.isBot ? 'App' : user.title,
    }));
}

function channels({ channels: all }: Known, before: string, typed: string): Suggestion[] {
  return all
    .filter((channel) => channel.kind === 'channel' && !channel.isArchived && channel.name.startsWith(typed))
    .slice(0, MOST)
    .map((channel) => ({
      kind: 'channel',
      key: `#${channel.id}`,
      insert: `${before}${channel.name} `,
      title: `#${channel.name}`,
      detail: channel.topic,
    }));
}

/** The other way round: as somebody would type it. */
export function decodeMessage(text: string, { users }: Known): string {
  return text
    .replaceAll(/<@(\w+)(?:\|[^>]*)?>/g, (sent, id: string) => {
      const user = users.find((one) => one.id === id);
      return user === undefined ? sent : `@${user.name}`;
    })
    .replaceAll(/<#\w+\|([^>]*)>/g, '#$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** As Slack's client sends it: `&`, `<`, `>` escaped, people and channels as ids. */
export function encodeMessage(text: string, { users, channels: all }: Known): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(^|[\s(])@([\w.-]*\w)/g, (typed, before: string, name: string) => {
      const user = users.find((one) => one.name === name && !one.deleted);
      return user === undefined ? typed : `${before}<@${user.id}>`;
    })
    .replaceAll(/(^|[\s(])#([a-z0-9_-]+)/g, (typed, before: string, name: string) => {
      const channel = all.find((one) => one.name === name);
      return channel === undefined ? typed : `${before}<#${channel.id}|${channel.name}>`;
    });
}
