import type { ReactNode } from 'react';
import type { ClientSnapshot, PlaygroundChannel, PlaygroundMessage } from '../../../protocol';
import { useClient } from '../client';
import { Markdown } from '../markdown';
import { Mrkdwn } from '../mrkdwn';
import { Avatar } from './avatar';
import { Icon } from './icon';
import { Popover } from './popover';

/** Name, topic, bookmarks, pins and members. In the app's direct messages: the tabs Messages and Home. */
export function ChannelHead({
  snapshot,
  channel,
  messages,
}: {
  snapshot: ClientSnapshot;
  channel: PlaygroundChannel;
  messages: PlaygroundMessage[];
}): ReactNode {
  const direct = channel.kind === 'im';
  const other = direct
    ? snapshot.users.find((user) => channel.memberIds.includes(user.id) && user.id !== snapshot.me)
    : undefined;
  const pinned = messages.filter((message) => channel.pinnedTs.includes(message.ts));
  const members = snapshot.users.filter((user) => channel.memberIds.includes(user.id));
  return (
    <>
      <header className="channel-head">
        <div className="channel-title">
          <h1>
            {direct ? <Avatar user={other} size={24} /> : channel.kind === 'private' ? <Icon name="lock" /> : '# '}
            {other?.realName ?? channel.name}
          </h1>
          {other?.isBot === true ? <AppTabs snapshot={snapshot} tab="messages" channelId={channel.id} /> : null}
          <span className="topic">
            <Mrkdwn text={channel.topic || (direct ? '' : channel.purpose)} names={snapshot} />
          </span>
        </div>
        <div className="channel-facts">
          {channel.canvases.map((canvas) => (
            <Popover
              key={canvas.id}
              label={`Canvas: ${canvas.title}`}
              testId="canvas"
              className="fact"
              panel="sheet canvas"
              button={
                <>
                  <Icon name="file" size={16} /> {canvas.title}
                </>
              }
            >
              {() => (
                <article className="canvas-text">
                  <h2>{canvas.title}</h2>
                  <Markdown text={canvas.markdown} names={snapshot} />
                </article>
              )}
            </Popover>
          ))}
          {pinned.length > 0 ? (
            <Popover
              label={`${pinned.length} pinned`}
              testId="pins"
              className="fact"
              panel="sheet"
              button={
                <>
                  <Icon name="pin" size={16} /> {pinned.length}
                </>
              }
            >
              {(close) => pinned.map((message) => <Pin key={message.ts} {...{ snapshot, message, close }} />)}
            </Popover>
          ) : null}
          {direct ? null : (
            <Popover
              label={`${members.length} members`}
              testId="members"
              className="fact"
              panel="sheet"
              button={
                <>
                  <Icon name="people" size={16} /> {members.length}
                </>
              }
            >
              {() =>
                members.map((user) => (
                  <span key={user.id} className="member">
                    <Avatar user={user} size={28} />
                    <span>
                      <strong>{user.realName}</strong> <small>{user.isBot ? 'App' : user.title}</small>
                    </span>
                  </span>
                ))
              }
            </Popover>
          )}
        </div>
      </header>
      {channel.bookmarks.length > 0 ? (
        <div className="bookmarks" aria-label="Bookmarks">
          {channel.bookmarks.map((bookmark) => (
            <a key={bookmark.id} href={webLink(bookmark.link)} target="_blank" rel="noreferrer noopener">
              <Icon name="bookmark" size={14} /> {bookmark.title}
            </a>
          ))}
        </div>
      ) : null}
    </>
  );
}

export function AppTabs({
  snapshot,
  tab,
  channelId,
}: {
  snapshot: ClientSnapshot;
  tab: 'messages' | 'home';
  channelId: string | undefined;
}): ReactNode {
  const client = useClient();
  return (
    <div className="tabs" role="tablist" aria-label={snapshot.bot.name}>
      <button
        type="button"
        role="tab"
        aria-selected={tab === 'home'}
        onClick={() => {
          client.select({ kind: 'home' });
          void client.do({ do: 'open_home', user: snapshot.me });
        }}
      >
        Home
      </button>
      <button
        type="button"
        role="tab"
        aria-selected={tab === 'messages'}
        disabled={channelId === undefined}
        onClick={() => channelId !== undefined && client.select({ kind: 'channel', id: channelId })}
      >
        Messages
      </button>
    </div>
  );
}

function Pin({
  snapshot,
  message,
  close,
}: {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  close: () => void;
}): ReactNode {
  const author = snapshot.users.find((user) => user.id === message.user);
  const show = (): void => {
    close();
    document
      .querySelector(`.channel-main [data-ts="${message.ts}"]`)
      ?.scrollIntoView({ block: 'center', behavior: 'instant' });
  };
  return (
    <button type="button" className="pin" onClick={show}>
      <strong>{author?.realName}</strong>
      <Mrkdwn text={message.text.slice(0, 160)} names={snapshot} />
    </button>
  );
}

function webLink(link: string): string | undefined {
  return /^https?:\/\//i.test(link) ? link : undefined;
}
