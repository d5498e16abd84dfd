import type { ReactNode } from 'react';
import type { ClientSnapshot, PlaygroundMessage } from '../../../protocol';
import { Emoji } from '../mrkdwn';
import { Icon } from './icon';
import { Popover } from './popover';
import { ReactionPicker } from './reaction-picker';

export function Reactions({
  snapshot,
  message,
  onReact,
}: {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  onReact: (name: string) => void;
}): ReactNode {
  if (message.reactions.length === 0) return null;
  return (
    <div className="reactions">
      {message.reactions.map(({ name, users }) => {
        const who = namesOf(snapshot, users);
        return (
          <button
            key={name}
            type="button"
            className={users.includes(snapshot.me) ? 'mine' : ''}
            title={`${who} reacted with :${name}:`}
            aria-label={`${name}, ${users.length}: ${who}`}
            aria-pressed={users.includes(snapshot.me)}
            data-reaction={name}
            onClick={() => onReact(name)}
          >
            <Emoji name={name} /> {users.length}
          </button>
        );
      })}
      <Popover label="Add a reaction" button={<Icon name="smile" size={16} />} className="add" panel="picker left">
        {(close) => (
          <ReactionPicker
            onPick={(name) => {
              close();
              onReact(name);
            }}
          />
        )}
      </Popover>
    </div>
  );
}

function namesOf(snapshot: ClientSnapshot, users: string[]): string {
  const name = (id: string): string =>
    id === snapshot.me ? 'You' : (snapshot.users.find((user) => user.id === id)?.realName ?? id);
  return new Intl.ListFormat('en').format(users.map(name));
}
