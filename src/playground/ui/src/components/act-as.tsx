import { type ReactNode, useRef, useState } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { Avatar } from './avatar';
import { Icon } from './icon';

/** Becomes somebody else. A second window at `?as=<name>` is a second person. */
export function ActAs({ snapshot, onActAs }: { snapshot: ClientSnapshot; onActAs: (id: string) => void }): ReactNode {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const me = snapshot.users.find((user) => user.id === snapshot.me);
  const people = snapshot.users.filter((user) => !user.isBot && !user.deleted);
  const move = (by: number): void => {
    const entries = [...(box.current?.querySelectorAll<HTMLElement>('[role=option]') ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    entries.at((at + by + entries.length) % Math.max(1, entries.length))?.focus();
  };
  return (
    <div
      className="act-as"
      ref={box}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
        if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
          event.preventDefault();
          move(event.key === 'ArrowDown' ? 1 : -1);
        }
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
        <Icon name="switch" />
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
              <Avatar user={user} size={32} />
              <span className="act-as-names">
                <strong>{user.realName}</strong>
                <span>{user.isRestricted ? `${user.title || 'Guest'} · restricted` : user.title}</span>
              </span>
            </button>
          ))}
          <p>
            Two people at once: open <code>?as={people[1]?.name ?? 'name'}</code> in another window.
          </p>
        </div>
      ) : null}
    </div>
  );
}
