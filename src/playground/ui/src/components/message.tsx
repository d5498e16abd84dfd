import { type ReactNode, useMemo, useState } from 'react';
import type { ClientSnapshot, PlaygroundMessage } from '../../../protocol';
import { Blocks } from '../blocks/blocks';
import { type Surface, SurfaceProvider } from '../blocks/context';
import { useClient } from '../client';
import { Emoji, Mrkdwn } from '../mrkdwn';
import { Avatar } from './avatar';
import { optionsFrom } from './options';
import { ReactionPicker } from './reaction-picker';

export function Message({
  snapshot,
  message,
  grouped,
  inThread,
}: {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  grouped: boolean;
  inThread: boolean;
}): ReactNode {
  const client = useClient();
  const { me } = snapshot;
  const author = snapshot.users.find((user) => user.id === message.user);
  const ephemeral = message.ephemeralTo !== undefined;
  const [dismissed, setDismissed] = useState(false);
  const container = useMemo(
    () => ({ type: 'message' as const, channel: message.channel, ts: message.ts }),
    [message.channel, message.ts],
  );
  const surface = useMemo<Surface>(
    () => ({
      snapshot,
      container,
      state: {},
      errors: {},
      dispatch: (blockId, actionId, value) =>
        void client.do({ do: 'block_action', user: me, container, blockId, actionId, value }),
      input: (blockId, actionId, value) =>
        void client.do({ do: 'block_action', user: me, container, blockId, actionId, value: value ?? {} }),
      options: async (blockId, actionId, value) =>
        optionsFrom(await client.do({ do: 'options', user: me, container, blockId, actionId, value })),
    }),
    [snapshot, container, client, me],
  );
  if (dismissed || message.deleted) return null;
  const react = (name: string): void => {
    const mine = message.reactions.find((reaction) => reaction.name === name)?.users.includes(me) === true;
    void client.do({ do: mine ? 'unreact' : 'react', user: me, channel: message.channel, ts: message.ts, name });
  };
  const date = new Date(Number(message.ts) * 1000);
  const time = (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}
    </time>
  );
  return (
    <article
      className={`message ${grouped ? 'grouped' : ''} ${ephemeral ? 'ephemeral' : ''}`}
      data-testid="message"
      data-ts={message.ts}
      data-channel={message.channel}
      data-ephemeral={ephemeral}
    >
      <div className="gutter">{grouped ? time : <Avatar user={author} />}</div>
      <div className="message-main">
        {ephemeral ? (
          <div className="only-you">
            👁 Only visible to you{' '}
            <button type="button" onClick={() => setDismissed(true)}>
              Dismiss
            </button>
          </div>
        ) : null}
        {grouped ? null : (
          <div className="message-head">
            <strong>{author?.realName ?? message.user}</strong>
            {author?.isBot === true ? <span className="app-badge">APP</span> : null}
            {time}
          </div>
        )}
        <SurfaceProvider value={surface}>
          {message.blocks.length > 0 ? (
            <Blocks blocks={message.blocks} />
          ) : (
            <div className="text">
              <Mrkdwn text={message.text} names={snapshot} />
              {message.edited ? <span className="edited"> (edited)</span> : null}
            </div>
          )}
        </SurfaceProvider>
        {message.files.map((file) => (
          <a key={file.id} className="file" href={file.url} target="_blank" rel="noreferrer noopener">
            📄{' '}
            <span>
              <strong>{file.title || file.name}</strong>
              <small>
                {file.mimetype} · {Math.ceil(file.size / 1024)} kB
              </small>
            </span>
          </a>
        ))}
        {message.reactions.length > 0 ? (
          <div className="reactions">
            {message.reactions.map((reaction) => (
              <button
                key={reaction.name}
                type="button"
                className={reaction.users.includes(me) ? 'mine' : ''}
                title={reaction.users
                  .map((id) => snapshot.users.find((user) => user.id === id)?.realName ?? id)
                  .join(', ')}
                aria-label={`${reaction.name}, ${reaction.users.length}`}
                data-reaction={reaction.name}
                onClick={() => react(reaction.name)}
              >
                <Emoji name={reaction.name} /> {reaction.users.length}
              </button>
            ))}
          </div>
        ) : null}
        {!inThread && message.replyCount > 0 ? (
          <button
            type="button"
            className="replies"
            data-testid="open-thread"
            onClick={() => client.openThread(message.ts)}
          >
            {message.replyCount} {message.replyCount === 1 ? 'reply' : 'replies'} →
          </button>
        ) : null}
      </div>
      {ephemeral ? null : <HoverBar message={message} snapshot={snapshot} inThread={inThread} onReact={react} />}
    </article>
  );
}

function HoverBar({
  message,
  snapshot,
  inThread,
  onReact,
}: {
  message: PlaygroundMessage;
  snapshot: ClientSnapshot;
  inThread: boolean;
  onReact: (name: string) => void;
}): ReactNode {
  const client = useClient();
  const [open, setOpen] = useState<'emoji' | 'more' | null>(null);
  const shortcuts = snapshot.bot.shortcuts.filter((shortcut) => shortcut.type === 'message');
  const { channel, ts } = message;
  return (
    <div
      className={open === null ? 'hover-bar' : 'hover-bar open'}
      role="toolbar"
      aria-label="Message actions"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(null);
      }}
    >
      {['white_check_mark', 'x', 'pushpin'].map((name) => (
        <button
          key={name}
          type="button"
          title={`React with ${name}`}
          aria-label={`React with ${name}`}
          data-react={name}
          onClick={() => onReact(name)}
        >
          <Emoji name={name} />
        </button>
      ))}
      <button
        type="button"
        title="Find another reaction"
        aria-label="Find another reaction"
        onClick={() => setOpen(open === 'emoji' ? null : 'emoji')}
      >
        ☺
      </button>
      {inThread ? null : (
        <button
          type="button"
          title="Reply in thread"
          aria-label="Reply in thread"
          data-testid="reply-in-thread"
          onClick={() => client.openThread(message.threadTs ?? ts)}
        >
          💬
        </button>
      )}
      <button
        type="button"
        title="More"
        aria-label="More actions"
        data-testid="more"
        onClick={() => setOpen(open === 'more' ? null : 'more')}
      >
        ⋯
      </button>
      {open === 'emoji' ? (
        <ReactionPicker
          onPick={(name) => {
            setOpen(null);
            onReact(name);
          }}
        />
      ) : null}
      {open === 'more' ? (
        <span className="menu" role="menu">
          <button
            type="button"
            role="menuitem"
            onClick={() => {
              setOpen(null);
              void client.do({ do: 'pin', user: snapshot.me, channel, ts });
            }}
          >
            Pin to channel
          </button>
          {shortcuts.map((shortcut) => (
            <button
              key={shortcut.callbackId}
              type="button"
              role="menuitem"
              onClick={() => {
                setOpen(null);
                void client.do({
                  do: 'message_shortcut',
                  user: snapshot.me,
                  callbackId: shortcut.callbackId,
                  channel,
                  ts,
                });
              }}
            >
              {shortcut.name}
            </button>
          ))}
        </span>
      ) : null}
    </div>
  );
}
