import { Fragment, type ReactNode } from 'react';
import type { ClientSnapshot } from '../../protocol';
import { emojiFor } from './emoji';

type Names = Pick<ClientSnapshot, 'users' | 'channels'> | null;

const ENTITY: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
const INLINE =
  /(```[\s\S]+?```|`[^`\n]+`|<[^<>\n]+>|:[a-z0-9_+'-]+(?:::[a-z0-9-]+)?:|(?<![\w*])\*[^*\n]+\*(?![\w*])|(?<![\w_])_[^_\n]+_(?![\w_])|(?<![\w~])~[^~\n]+~(?![\w~]))/g;

/** Slack's mrkdwn as React nodes: never as HTML, so nothing that was typed can become markup. */
export function Mrkdwn({ text, names }: { text: string; names: Names }): ReactNode {
  const blocks: ReactNode[] = [];
  let quote: string[] = [];
  const flush = (key: number): void => {
    if (quote.length > 0)
      blocks.push(
        <blockquote key={`q${key}`}>
          {quote.map((line, n) => (
            <div key={n}>{inline(line, names)}</div>
          ))}
        </blockquote>,
      );
    quote = [];
  };
  for (const [n, part] of text.split(/(```[\s\S]*?```)/).entries()) {
    if (part.startsWith('```') && part.endsWith('```') && part.length > 6) {
      flush(n);
      blocks.push(
        <pre key={n} tabIndex={0}>
          {decode(part.slice(3, -3).replace(/^\n/, ''))}
        </pre>,
      );
      continue;
    }
    const lines = part.split('\n');
    for (const [m, line] of lines.entries()) {
      if (/^(&gt;|>) ?/.test(line)) {
        quote.push(line.replace(/^(&gt;|>) ?/, ''));
        continue;
      }
      flush(n * 1000 + m);
      blocks.push(
        <Fragment key={`${n}-${m}`}>
          {inline(line, names)}
          {m < lines.length - 1 ? <br /> : null}
        </Fragment>,
      );
    }
  }
  flush(-1);
  return <span className="mrkdwn">{blocks}</span>;
}

function inline(text: string, names: Names): ReactNode[] {
  return text.split(INLINE).map((piece, key) => {
    if (piece === '') return null;
    if (/^`[^`]+`$/.test(piece)) return <code key={key}>{decode(piece.slice(1, -1))}</code>;
    if (/^<[^<>]+>$/.test(piece)) return <Fragment key={key}>{angle(piece.slice(1, -1), names)}</Fragment>;
    if (/^:[^:\s]+(::[^:\s]+)?:$/.test(piece)) return <Emoji key={key} name={piece.slice(1, -1)} />;
    if (/^\*[^*]+\*$/.test(piece)) return <strong key={key}>{inline(piece.slice(1, -1), names)}</strong>;
    if (/^_[^_]+_$/.test(piece)) return <em key={key}>{inline(piece.slice(1, -1), names)}</em>;
    if (/^~[^~]+~$/.test(piece)) return <s key={key}>{inline(piece.slice(1, -1), names)}</s>;
    return <Fragment key={key}>{decode(piece)}</Fragment>;
  });
}

function angle(inner: string, names: Names): ReactNode {
  const [target = '', label] = inner.split('|');
  if (target.startsWith('@')) {
    const user = names?.users.find((one) => one.id === target.slice(1));
    return <span className="mention">@{user?.realName ?? label ?? target.slice(1)}</span>;
  }
  if (target.startsWith('#')) {
    const channel = names?.channels.find((one) => one.id === target.slice(1));
    return (
      <a className="mention" href={`#${target.slice(1)}`} data-goto-channel={target.slice(1)}>
        #{channel?.name ?? label ?? 'channel'}
      </a>
    );
  }
  if (target.startsWith('!date^')) return <time>{dateWords(target, label)}</time>;
  if (target.startsWith('!subteam^')) return <span className="mention">{label ?? '@group'}</span>;
  if (target.startsWith('!')) return <span className="mention">@{target.slice(1)}</span>;
  const href = decode(target);
  if (!/^(https?:|mailto:)/.test(href)) return decode(label ?? target);
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {decode(label ?? target.replace(/^mailto:/, ''))}
    </a>
  );
}

function dateWords(target: string, fallback: string | undefined): string {
  const [, seconds = '', format = ''] = target.split('^');
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback ?? '';
  const day = date.toLocaleDateString(undefined, { month: 'short', day: 'numeric', year: 'numeric' });
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const isToday = date.toDateString() === new Date().toDateString();
  return format
    .replaceAll(/\{date_(short|long|num)_pretty\}/g, isToday ? 'today' : day)
    .replaceAll('{date_pretty}', isToday ? 'today' : day)
    .replaceAll(/\{date(_short|_long|_num)?\}/g, day)
    .replaceAll('{time_secs}', date.toLocaleTimeString())
    .replaceAll('{time}', time)
    .replaceAll('{ago}', ago(date));
}

function ago(date: Date): string {
  const minutes = Math.round((date.getTime() - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  if (Math.abs(minutes) < 60) return words.format(minutes, 'minute');
  if (Math.abs(minutes) < 48 * 60) return words.format(Math.round(minutes / 60), 'hour');
  return words.format(Math.round(minutes / 1440), 'day');
}

export function Emoji({ name }: { name: string }): ReactNode {
  return (
    <span className="emoji" role="img" aria-label={name.replaceAll('_', ' ')}>
      {emojiFor(name)}
    </span>
  );
}

export function decode(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => ENTITY[entity] ?? entity);
}

/** Plain text of a plain_text object, with its emoji. */
export function Plain({ text }: { text: string }): ReactNode {
  return (
    <>
      {text
        .split(/(:[a-z0-9_+'-]+:)/g)
        .map((piece, key) =>
          /^:[^:]+:$/.test(piece) ? (
            <Emoji key={key} name={piece.slice(1, -1)} />
          ) : (
            <Fragment key={key}>{decode(piece)}</Fragment>
          ),
        )}
    </>
  );
}
