import type { ReactNode } from 'react';
import type { ClientSnapshot, PlaygroundChannel } from '../../../protocol';
import { useClient } from '../client';
import type { Selection } from '../store';
import type { Unread } from '../unread';
import { ActAs } from './act-as';
import { Avatar } from './avatar';
import { Icon } from './icon';
import { NewMessage } from './new-message';

interface Props {
  snapshot: ClientSnapshot;
  selection: Selection | null;
  unread: Record<string, Unread>;
  onSelect(selection: Selection): void;
  onActAs(id: string): void;
}

export function Sidebar({ snapshot, selection, unread, onSelect, onActAs }: Props): ReactNode {
  const client = useClient();
  const open = snapshot.channels.filter((channel) => !channel.isArchived);
  const mine = open.filter((channel) => channel.memberIds.includes(snapshot.me));
  const channels = mine
    .filter((channel) => channel.kind === 'channel' || channel.kind === 'private')
    .sort((a, b) => a.name.localeCompare(b.name));
  const others = open
    .filter((channel) => channel.kind === 'channel' && !channel.memberIds.includes(snapshot.me))
    .sort((a, b) => a.name.localeCompare(b.name));
  const direct = mine.filter((channel) => channel.kind === 'im' || channel.kind === 'mpim');
  const openHome = (): void => {
    onSelect({ kind: 'home' });
    void client.do({ do: 'open_home', user: snapshot.me });
  };
  const entry = (channel: PlaygroundChannel, label: ReactNode): ReactNode => (
    <ChannelEntry
      key={channel.id}
      channel={channel}
      current={selection?.kind === 'channel' && selection.id === channel.id}
      unread={unread[channel.id]}
      onSelect={onSelect}
    >
      {label}
    </ChannelEntry>
  );
  return (
    <nav className="sidebar" aria-label="Workspace">
      <div className="workspace">Playground workspace</div>
      <ActAs snapshot={snapshot} onActAs={onActAs} />
      <div className="sidebar-scroll">
        <h2>App</h2>
        <button
          type="button"
          className={selection?.kind === 'home' ? 'current' : ''}
          aria-current={selection?.kind === 'home'}
          data-testid="app-home"
          onClick={openHome}
        >
          <span className="hash">
            <Icon name="home" size={16} />
          </span>
          <span className="entry-name">{snapshot.bot.name} · Home</span>
        </button>
        <h2>Channels</h2>
        {channels.map((channel) =>
          entry(
            channel,
            <>
              <span className="hash">{channel.kind === 'private' ? <Icon name="lock" size={14} /> : '#'}</span>
              <span className="entry-name">{channel.name}</span>
            </>,
          ),
        )}
        {others.map((channel) => (
          <button
            key={channel.id}
            type="button"
            className="joinable"
            title={`Join #${channel.name}`}
            data-join={channel.name}
            onClick={() =>
              void client
                .do({ do: 'join', user: snapshot.me, channel: channel.id })
                .then((answer) => answer.ok && onSelect({ kind: 'channel', id: channel.id }))
            }
          >
            <span className="hash">
              <Icon name="plus" size={14} />
            </span>
            <span className="entry-name">{channel.name}</span>
            <span className="join">Join</span>
          </button>
        ))}
        <div className="sidebar-heading">
          <h2>Direct messages</h2>
          <NewMessage snapshot={snapshot} />
        </div>
        {direct.map((channel) => {
          const other = snapshot.users.find((user) => channel.memberIds.includes(user.id) && user.id !== snapshot.me);
          return entry(
            channel,
            <>
              <Avatar user={other} size={20} />
              <span className="entry-name">{other?.realName ?? channel.name}</span>
            </>,
          );
        })}
      </div>
    </nav>
  );
}

function ChannelEntry({
  channel,
  current,
  unread,
  onSelect,
  children,
}: {
  channel: PlaygroundChannel;
  current: boolean;
  unread: Unread | undefined;
  onSelect(selection: Selection): void;
  children: ReactNode;
}): ReactNode {
  const fresh = unread !== undefined && !current;
  return (
    <button
      type="button"
      className={`${current ? 'current' : ''} ${fresh ? 'unread' : ''}`}
      aria-current={current}
      data-channel={channel.name}
      data-unread={fresh ? unread.count : 0}
      onClick={() => onSelect({ kind: 'channel', id: channel.id })}
    >
      {children}
      {fresh && unread.mentions > 0 ? (
        <span className="badge" aria-label={`${unread.mentions} for you`}>
          {unread.mentions}
        </span>
      ) : null}
      {fresh && unread.mentions === 0 ? <span className="visually-hidden">{unread.count} unread</span> : null}
    </button>
  );
}
