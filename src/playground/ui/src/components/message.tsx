import { type ReactNode, useMemo, useState } from 'react';
import type { ClientSnapshot, PlaygroundMessage } from '../../../protocol';
import { Blocks } from '../blocks/blocks';
import { type Surface, SurfaceProvider } from '../blocks/context';
import { useClient } from '../client';
import { Mrkdwn } from '../mrkdwn';
import { Avatar } from './avatar';
import { HoverBar } from './hover-bar';
import { Icon } from './icon';
import { MessageEditor } from './message-editor';
import { MessageFile } from './message-file';
import { optionsFrom } from './options';
import { Reactions } from './reactions';

interface Props {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  grouped: boolean;
  inThread: boolean;
}

export function Message({ snapshot, message, grouped, inThread }: Props): ReactNode {
  const client = useClient();
  const [dismissed, setDismissed] = useState(false);
  const [editing, setEditing] = useState(false);
  const surface = useMessageSurface(snapshot, message);
  const { me } = snapshot;
  const author = snapshot.users.find((user) => user.id === message.user);
  const ephemeral = message.ephemeralTo !== undefined;
  if (dismissed || (message.deleted && message.replyCount === 0)) return null;
  const pinned = snapshot.channels.find((one) => one.id === message.channel)?.pinnedTs.includes(message.ts) === true;
  const react = (name: string): void => {
    const mine = message.reactions.find((reaction) => reaction.name === name)?.users.includes(me) === true;
    void client.do({ do: mine ? 'unreact' : 'react', user: me, channel: message.channel, ts: message.ts, name });
  };
  return (
    <article
      className={['message', grouped && 'grouped', ephemeral && 'ephemeral', pinned && 'pinned']
        .filter(Boolean)
        .join(' ')}
      data-testid="message"
      data-ts={message.ts}
      data-channel={message.channel}
      data-ephemeral={ephemeral}
    >
      <div className="gutter">{grouped ? <Time ts={message.ts} /> : <Avatar user={author} />}</div>
      <div className="message-main">
        {pinned ? (
          <div className="mark">
            <Icon name="pin" size={13} /> Pinned
          </div>
        ) : null}
        {ephemeral ? (
          <div className="mark only-you">
            <Icon name="eye" size={14} /> Only visible to you
            <button type="button" data-testid="dismiss" onClick={() => setDismissed(true)}>
              Dismiss
            </button>
          </div>
        ) : null}
        {grouped ? null : (
          <div className="message-head">
            <strong>{author?.realName ?? message.user}</strong>
            {author?.isBot === true ? <span className="app-badge">APP</span> : null}
            <Time ts={message.ts} />
          </div>
        )}
        {message.deleted ? (
          <div className="text removed">This message was deleted.</div>
        ) : editing ? (
          <MessageEditor snapshot={snapshot} message={message} onDone={() => setEditing(false)} />
        ) : (
          <SurfaceProvider value={surface}>
            <Body snapshot={snapshot} message={message} />
          </SurfaceProvider>
        )}
        {message.files.map((file) => (
          <MessageFile key={file.id} file={file} />
        ))}
        <Reactions snapshot={snapshot} message={message} onReact={react} />
        {!inThread && message.replyCount > 0 ? <Replies snapshot={snapshot} message={message} /> : null}
      </div>
      {ephemeral || message.deleted ? null : (
        <HoverBar {...{ snapshot, message, inThread, pinned }} onReact={react} onEdit={() => setEditing(true)} />
      )}
    </article>
  );
}

function Body({ snapshot, message }: { snapshot: ClientSnapshot; message: PlaygroundMessage }): ReactNode {
  if (message.blocks.length > 0) return <Blocks blocks={message.blocks} />;
  if (message.text === '') return null;
  return (
    <div className={message.subtype === undefined || message.subtype === 'file_share' ? 'text' : 'text note'}>
      <Mrkdwn text={message.text} names={snapshot} />
      {message.edited ? <span className="edited"> (edited)</span> : null}
    </div>
  );
}

function Replies({ snapshot, message }: { snapshot: ClientSnapshot; message: PlaygroundMessage }): ReactNode {
  const client = useClient();
  const replies = (snapshot.messages[message.channel] ?? []).filter(
    (one) => one.threadTs === message.ts && one.ts !== message.ts,
  );
  const people = [...new Set(replies.map((one) => one.user))].slice(0, 4);
  const last = replies.at(-1);
  return (
    <button type="button" className="replies" data-testid="open-thread" onClick={() => client.openThread(message.ts)}>
      {people.map((id) => (
        <Avatar key={id} user={snapshot.users.find((user) => user.id === id)} size={22} />
      ))}
      <span>
        {message.replyCount} {message.replyCount === 1 ? 'reply' : 'replies'}
      </span>
      {last === undefined ? null : (
        <small>
          Last reply <Time ts={last.ts} />
        </small>
      )}
    </button>
  );
}

function Time({ ts }: { ts: string }): ReactNode {
  const date = new Date(Number(ts) * 1000);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {date.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' })}
    </time>
  );
}

/** Where a click or choice in this message goes: always to the app, a message keeps no inputs. */
function useMessageSurface(snapshot: ClientSnapshot, message: PlaygroundMessage): Surface {
  const client = useClient();
  const { channel, ts } = message;
  return useMemo<Surface>(() => {
    const user = snapshot.me;
    const container = { type: 'message' as const, channel, ts };
    const tell = (blockId: string, actionId: string, value: Record<string, unknown> | null): Promise<unknown> =>
      client.do({ do: 'block_action', user, container, blockId, actionId, value: value ?? {} });
    return {
      snapshot,
      container,
      state: {},
      errors: {},
      dispatch: tell,
      input: tell,
      options: async (blockId, actionId, value) =>
        optionsFrom(await client.do({ do: 'options', user, container, blockId, actionId, value })),
    };
  }, [snapshot, channel, ts, client]);
}
