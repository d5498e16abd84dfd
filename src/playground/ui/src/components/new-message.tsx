import type { ReactNode } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { useClient } from '../client';
import { Avatar } from './avatar';
import { Icon } from './icon';
import { Popover } from './popover';

/** Begins a direct message with somebody, or goes on with it. */
export function NewMessage({ snapshot }: { snapshot: ClientSnapshot }): ReactNode {
  const client = useClient();
  const people = snapshot.users
    .filter((user) => user.id !== snapshot.me && !user.deleted)
    .sort((a, b) => a.realName.localeCompare(b.realName));
  const open = async (id: string): Promise<void> => {
    const answer = await client.do({ do: 'open_dm', user: snapshot.me, with: id });
    if (answer.ok) client.select({ kind: 'channel', id: String(answer.channel) });
  };
  return (
    <Popover label="New direct message" testId="new-dm" button={<Icon name="plus" size={15} />} panel="menu">
      {(close) =>
        people.map((user) => (
          <button
            key={user.id}
            type="button"
            role="menuitem"
            data-dm={user.name}
            onClick={() => {
              close();
              void open(user.id);
            }}
          >
            <Avatar user={user} size={20} /> {user.realName}
          </button>
        ))
      }
    </Popover>
  );
}
