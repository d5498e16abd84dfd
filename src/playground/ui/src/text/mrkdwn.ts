/** What a line of Slack's mrkdwn is made of. Text is decoded already; nothing in it is markup any more. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; parts: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'emoji'; name: string }
  | { kind: 'link'; href: string; text: string }
  | { kind: 'user' | 'channel' | 'group' | 'broadcast'; id: string; label?: string }
  | { kind: 'date'; seconds: number; format: string; href?: string; fallback: string };

export type MrkdwnBlock =
  | { kind: 'line'; parts: Inline[] }
  | { kind: 'gap' }
  | { kind: 'item'; marker: string; depth: number; parts: Inline[] }
  | { kind: 'quote'; lines: Inline[][] }
  | { kind: 'code'; text: string };

const FENCE = /(```[\s\S]+?```)/;
const QUOTED = /^(?:&gt;|>) ?/;
const ITEM = /^( *)([•◦▪-]|\d{1,3}\.) +(?=\S)/;

/** Slack's mrkdwn, read into a tree. What is not well-formed stays text, as in Slack. */
export function parseMrkdwn(text: string): MrkdwnBlock[] {
  const blocks: MrkdwnBlock[] = [];
  for (const part of text.split(FENCE)) {
    if (/^```[\s\S]+```$/.test(part))
      blocks.push({ kind: 'code', text: decode(unlinked(part.slice(3, -3)).replace(/^\n|\n$/g, '')) });
    else blocks.push(...lines(part, blocks.length > 0));
  }
  return blocks;
}

function lines(part: string, follows: boolean): MrkdwnBlock[] {
  const blocks: MrkdwnBlock[] = [];
  const trimmed = follows ? part.replace(/^\n/, '') : part;
  if (trimmed === '') return blocks;
  for (const line of trimmed.replace(/\n$/, '').split('\n')) {
    const last = blocks.at(-1);
    const item = ITEM.exec(line);
    if (QUOTED.test(line)) {
      const quoted = parseInline(line.replace(QUOTED, ''));
      if (last?.kind === 'quote') last.lines.push(quoted);
      else blocks.push({ kind: 'quote', lines: [quoted] });
    } else if (item !== null)
      blocks.push({
        kind: 'item',
        marker: item[2] ?? '•',
        depth: Math.floor((item[1] ?? '').length / 2),
        parts: parseInline(line.slice(item[0].length)),
      });
    else if (line.trim() === '') blocks.push({ kind: 'gap' });
    else blocks.push({ kind: 'line', parts: parseInline(line) });
  }
  return blocks;
}

const SPECIAL =
  /`(?<code>[^`\n]+)`|<(?<angle>[^<>\n]+)>|:(?<emoji>[a-z0-9_+'-]+(?:::[a-z0-9-]+)?):|(?<![\w*])\*(?<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])|(?<!\w)_(?<italic>[^\s_](?:[^\n]*?[^\s_])?)_(?!\w)|(?<![\w~])~(?<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])|(?<url>https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"*_~])/g;

/** One line without its block marks. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  const plain = (to: number): void => {
    if (to > from) parts.push({ kind: 'text', text: decode(text.slice(from, to)) });
  };
  for (const match of text.matchAll(SPECIAL)) {
    plain(match.index);
    parts.push(special(match.groups ?? {}));
    from = match.index + match[0].length;
  }
  plain(text.length);
  return parts;
}

function special(found: Record<string, string | undefined>): Inline {
  if (found.code !== undefined) return { kind: 'code', text: decode(unlinked(found.code)) };
  if (found.angle !== undefined) return angle(found.angle);
  if (found.emoji !== undefined) return { kind: 'emoji', name: found.emoji };
  if (found.bold !== undefined) return { kind: 'bold', parts: parseInline(found.bold) };
  if (found.italic !== undefined) return { kind: 'italic', parts: parseInline(found.italic) };
  if (found.strike !== undefined) return { kind: 'strike', parts: parseInline(found.strike) };
  const url = decode(found.url ?? '');
  return { kind: 'link', href: url, text: url };
}

function angle(inner: string): Inline {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : decode(inner.slice(bar + 1));
  const named = label === undefined ? {} : { label };
  if (target.startsWith('@')) return { kind: 'user', id: target.slice(1), ...named };
  if (target.startsWith('#')) return { kind: 'channel', id: target.slice(1), ...named };
  if (target.startsWith('!subteam^')) return { kind: 'group', id: target.slice('!subteam^'.length), ...named };
  if (target.startsWith('!date^')) return date(target, label);
  if (target.startsWith('!')) return { kind: 'broadcast', id: target.slice(1), ...named };
  const href = decode(target);
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return { kind: 'text', text: label ?? href };
  return { kind: 'link', href, text: label ?? href.replace(/^mailto:/i, '') };
}

function date(target: string, label: string | undefined): Inline {
  const [, seconds = '', format = '', link] = target.split('^');
  const href = link === undefined ? undefined : decode(link);
  return {
    kind: 'date',
    seconds: Number(seconds),
    format: decode(format),
    fallback: label ?? '',
    ...(href !== undefined && /^https?:\/\//i.test(href) && { href }),
  };
}

/** In code Slack shows a link's words, not its brackets. */
function unlinked(code: string): string {
  return code
    .replaceAll(/<(?:https?:\/\/|mailto:)[^<>|]*\|([^<>]*)>/g, '$1')
    .replaceAll(/<((?:https?:\/\/|mailto:)[^<>|]*)>/g, '$1');
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** The three escapes Slack knows. */
export function decode(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
