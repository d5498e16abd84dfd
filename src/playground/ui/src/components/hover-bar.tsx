import { type ReactNode, useState } from 'react';
import type { ClientAction, ClientSnapshot, PlaygroundMessage } from '../../../protocol';
import { useClient } from '../client';
import { Emoji } from '../mrkdwn';
import { Icon } from './icon';
import { Popover } from './popover';
import { ReactionPicker } from './reaction-picker';

const QUICK = ['white_check_mark', 'x', 'pushpin'];

/** What one can do with a message; shown on hover and whenever the keyboard is in it. */
export function HoverBar({
  snapshot,
  message,
  inThread,
  pinned,
  onReact,
  onEdit,
}: {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  inThread: boolean;
  pinned: boolean;
  onReact: (name: string) => void;
  onEdit: () => void;
}): ReactNode {
  const client = useClient();
  const [open, setOpen] = useState(false);
  return (
    <div className={open ? 'hover-bar open' : 'hover-bar'} role="toolbar" aria-label="Message actions">
      {QUICK.map((name) => (
        <button
          key={name}
          type="button"
          title={`React with :${name}:`}
          aria-label={`React with ${name}`}
          data-react={name}
          onClick={() => onReact(name)}
        >
          <Emoji name={name} />
        </button>
      ))}
      <Popover label="Find another reaction" button={<Icon name="smile" />} panel="picker" onOpen={setOpen}>
        {(close) => (
          <ReactionPicker
            onPick={(name) => {
              close();
              onReact(name);
            }}
          />
        )}
      </Popover>
      {inThread ? null : (
        <button
          type="button"
          title="Reply in thread"
          aria-label="Reply in thread"
          data-testid="reply-in-thread"
          onClick={() => client.openThread(message.threadTs ?? message.ts)}
        >
          <Icon name="reply" />
        </button>
      )}
      <Popover label="More actions" testId="more" button={<Icon name="more" />} onOpen={setOpen}>
        {(close) => <More {...{ snapshot, message, pinned, close, onEdit }} />}
      </Popover>
    </div>
  );
}

function More({
  snapshot,
  message,
  pinned,
  close,
  onEdit,
}: {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  pinned: boolean;
  close: () => void;
  onEdit: () => void;
}): ReactNode {
  const client = useClient();
  const { me } = snapshot;
  const { channel, ts } = message;
  const entry = (label: string, action: ClientAction, danger = false): ReactNode => (
    <button
      key={label}
      type="button"
      role="menuitem"
      className={danger ? 'danger' : ''}
      onClick={() => {
        close();
        void client.do(action);
      }}
    >
      {label}
    </button>
  );
  const shortcuts = snapshot.bot.shortcuts.filter((shortcut) => shortcut.type === 'message');
  return (
    <>
      {shortcuts.map(({ name, callbackId }) =>
        entry(name, { do: 'message_shortcut', user: me, callbackId, channel, ts }),
      )}
      {shortcuts.length > 0 ? <hr /> : null}
      {pinned
        ? entry('Un-pin from channel', { do: 'unpin', user: me, channel, ts })
        : entry('Pin to channel', { do: 'pin', user: me, channel, ts })}
      {message.user === me ? (
        <button
          type="button"
          role="menuitem"
          onClick={() => {
            close();
            onEdit();
          }}
        >
          Edit message
        </button>
      ) : null}
      {message.user === me ? entry('Delete message', { do: 'delete_message', user: me, channel, ts }, true) : null}
    </>
  );
}
