import { type ReactNode, useState } from 'react';
import type { ClientSnapshot, PlaygroundChannel } from '../../../protocol';
import { useClient } from '../client';
import type { Selection } from '../store';
import { Avatar } from './avatar';

interface Props {
  snapshot: ClientSnapshot;
  selection: Selection | null;
  unread: Record<string, number>;
  onSelect(selection: Selection): void;
  onActAs(id: string): void;
}

export function Sidebar({ snapshot, selection, unread, onSelect, onActAs }: Props): ReactNode {
  const client = useClient();
  const mine = snapshot.channels.filter((channel) => channel.memberIds.includes(snapshot.me) && !channel.isArchived);
  const channels = mine
    .filter((channel) => channel.kind === 'channel' || channel.kind === 'private')
    .sort((a, b) => a.name.localeCompare(b.name));
  const others = snapshot.channels.filter(
    (channel) => channel.kind === 'channel' && !channel.memberIds.includes(snapshot.me) && !channel.isArchived,
  );
  const direct = mine.filter((channel) => channel.kind === 'im' || channel.kind === 'mpim');
  const openHome = (): void => {
    onSelect({ kind: 'home' });
    void client.do({ do: 'open_home', user: snapshot.me });
  };
  const entry = (channel: PlaygroundChannel, label: ReactNode): ReactNode => {
    const current = selection?.kind === 'channel' && selection.id === channel.id;
    const count = unread[channel.id] ?? 0;
    return (
      <button
        key={channel.id}
        type="button"
        className={`${current ? 'current' : ''} ${count > 0 ? 'unread' : ''}`}
        aria-current={current}
        data-channel={channel.name}
        onClick={() => onSelect({ kind: 'channel', id: channel.id })}
      >
        {label}
        {count > 0 ? (
          <span className="badge" aria-label={`${count} unread`}>
            {count}
          </span>
        ) : null}
      </button>
    );
  };
  return (
    <nav className="sidebar" aria-label="Workspace">
      <div className="workspace">Playground workspace</div>
      <ActAs snapshot={snapshot} onActAs={onActAs} />
      <div className="sidebar-scroll">
        <h2>App</h2>
        <button
          type="button"
          className={selection?.kind === 'home' ? 'current' : ''}
          data-testid="app-home"
          onClick={openHome}
        >
          <span className="hash">⌂</span>
          {snapshot.bot.name} · Home
        </button>
        <h2>Channels</h2>
        {channels.map((channel) =>
          entry(
            channel,
            <>
              <span className="hash">{channel.kind === 'private' ? '🔒' : '#'}</span>
              {channel.name}
            </>,
          ),
        )}
        {others.map((channel) => (
          <button
            key={channel.id}
            type="button"
            className="joinable"
            data-join={channel.name}
            onClick={() =>
              void client
                .do({ do: 'join', user: snapshot.me, channel: channel.id })
                .then(() => onSelect({ kind: 'channel', id: channel.id }))
            }
          >
            <span className="hash">+</span>
            {channel.name}
          </button>
        ))}
        <h2>Direct messages</h2>
        {direct.map((channel) => {
          const other = snapshot.users.find((user) => channel.memberIds.includes(user.id) && user.id !== snapshot.me);
          return entry(
            channel,
            <>
              <Avatar user={other} size={20} />
              {other?.realName ?? channel.name}
            </>,
          );
        })}
      </div>
    </nav>
  );
}

function ActAs({ snapshot, onActAs }: { snapshot: ClientSnapshot; onActAs: (id: string) => void }): ReactNode {
  const [open, setOpen] = useState(false);
  const me = snapshot.users.find((user) => user.id === snapshot.me);
  const people = snapshot.users.filter((user) => !user.isBot && !user.deleted);
  return (
    <div
      className="act-as"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
      }}
    >
      <button
        type="button"
        className="act-as-button"
        aria-haspopup="listbox"
        aria-expanded={open}
        data-testid="act-as"
        data-me={me?.name}
        onClick={() => setOpen(!open)}
      >
        <Avatar user={me} />
        <span className="act-as-names">
          <small>You are</small>
          <strong>{me?.realName}</strong>
          <span>{me?.title}</span>
        </span>
        <span aria-hidden="true">⇅</span>
      </button>
      {open ? (
        <div className="act-as-list" role="listbox" aria-label="Act as">
          {people.map((user) => (
            <button
              key={user.id}
              type="button"
              role="option"
              aria-selected={user.id === snapshot.me}
              data-testid={`act-as-${user.name}`}
              onClick={() => {
                setOpen(false);
                onActAs(user.id);
              }}
            >
              <Avatar user={user} size={30} />
              <span className="act-as-names">
                <strong>{user.realName}</strong>
                <span>{user.title}</span>
              </span>
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
