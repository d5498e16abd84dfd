import { Fragment, type ReactNode } from 'react';
import type { ClientSnapshot } from '../../protocol';
import { emojiFor } from './emoji';
import { dateWords } from './text/date-words';
import { decode, type Inline, type MrkdwnBlock, parseMrkdwn } from './text/mrkdwn';

type Names = Pick<ClientSnapshot, 'users' | 'channels' | 'me'> | null;

/** Slack's mrkdwn as React nodes: never as HTML, so nothing that was typed can become markup. */
export function Mrkdwn({ text, names }: { text: string; names: Names }): ReactNode {
  return (
    <span className="mrkdwn">
      {parseMrkdwn(text).map((block, key) => (
        <Block key={key} block={block} names={names} />
      ))}
    </span>
  );
}

function Block({ block, names }: { block: MrkdwnBlock; names: Names }): ReactNode {
  switch (block.kind) {
    case 'line':
      return (
        <span className="line">
          <Parts parts={block.parts} names={names} />
        </span>
      );
    case 'gap':
      return <span className="gap" />;
    case 'item':
      return (
        <span className="item" style={{ paddingLeft: `${1.4 + block.depth * 1.4}em` }}>
          <span className="marker">{block.marker === '-' ? '•' : block.marker}</span>
          <Parts parts={block.parts} names={names} />
        </span>
      );
    case 'quote':
      return (
        <blockquote>
          {block.lines.map((line, key) => (
            <div key={key}>
              <Parts parts={line} names={names} />
            </div>
          ))}
        </blockquote>
      );
    case 'code':
      return <pre tabIndex={0}>{block.text}</pre>;
  }
}

export function Parts({ parts, names }: { parts: Inline[]; names: Names }): ReactNode {
  return parts.map((part, key) => <Part key={key} part={part} names={names} />);
}

function Part({ part, names }: { part: Inline; names: Names }): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'bold':
      return (
        <strong>
          <Parts parts={part.parts} names={names} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Parts parts={part.parts} names={names} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Parts parts={part.parts} names={names} />
        </s>
      );
    case 'code':
      return <code>{part.text}</code>;
    case 'emoji':
      return <Emoji name={part.name} />;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noreferrer noopener">
          {part.text}
        </a>
      );
    case 'date':
      return <DateWords part={part} />;
    case 'user':
    case 'channel':
    case 'group':
    case 'broadcast':
      return <Mention kind={part.kind} id={part.id} label={part.label} names={names} />;
  }
}

/** A person, channel or group by name; the reader's own name stands out. */
export function Mention({
  kind,
  id,
  label,
  names,
}: {
  kind: 'user' | 'channel' | 'group' | 'broadcast';
  id: string;
  label?: string | undefined;
  names: Names;
}): ReactNode {
  if (kind === 'user') {
    const name = names?.users.find((one) => one.id === id)?.realName ?? label ?? id;
    return <span className={id === names?.me ? 'mention mine' : 'mention'}>@{name.replace(/^@/, '')}</span>;
  }
  if (kind === 'channel') {
    const channel = names?.channels.find((one) => one.id === id);
    const words = `#${channel?.name ?? label ?? 'a channel'}`;
    if (channel === undefined) return <span className="mention">{words}</span>;
    return (
      <a className="mention" href={`#${channel.name}`} data-goto-channel={id}>
        {words}
      </a>
    );
  }
  return <span className="mention">@{(label ?? (kind === 'group' ? 'group' : id)).replace(/^@/, '')}</span>;
}

function DateWords({ part }: { part: Extract<Inline, { kind: 'date' }> }): ReactNode {
  const milliseconds = part.seconds * 1000;
  if (Number.isNaN(new Date(milliseconds).getTime())) return part.fallback;
  const words = dateWords(part.format, milliseconds, Date.now());
  const time = (
    <time dateTime={new Date(milliseconds).toISOString()} title={new Date(milliseconds).toLocaleString()}>
      {words}
    </time>
  );
  return part.href === undefined ? (
    time
  ) : (
    <a href={part.href} target="_blank" rel="noreferrer noopener">
      {time}
    </a>
  );
}

export function Emoji({ name }: { name: string }): ReactNode {
  const character = emojiFor(name);
  if (character === null) return `:${name}:`;
  return (
    <span className="emoji" role="img" aria-label={name.replaceAll('_', ' ')} title={`:${name}:`}>
      {character}
    </span>
  );
}

/** Plain text of a plain_text object, with its emoji. */
export function Plain({ text }: { text: string }): ReactNode {
  return text
    .split(/(:[a-z0-9_+'-]+:)/g)
    .map((piece, key) =>
      /^:[^:]+:$/.test(piece) ? (
        <Emoji key={key} name={piece.slice(1, -1)} />
      ) : (
        <Fragment key={key}>{decode(piece)}</Fragment>
      ),
    );
}
