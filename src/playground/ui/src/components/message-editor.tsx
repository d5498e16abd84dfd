import { type ReactNode, useState } from 'react';
import type { ClientSnapshot, PlaygroundMessage } from '../../../protocol';
import { useClient } from '../client';
import { decodeMessage, encodeMessage } from '../text/composing';

/** One's own message, being changed: Enter keeps it, Escape leaves it as it was. */
export function MessageEditor({
  snapshot,
  message,
  onDone,
}: {
  snapshot: ClientSnapshot;
  message: PlaygroundMessage;
  onDone: () => void;
}): ReactNode {
  const client = useClient();
  const [text, setText] = useState(decodeMessage(message.text, snapshot));
  const { channel, ts } = message;
  const save = async (): Promise<void> => {
    const changed = encodeMessage(text.trim(), snapshot);
    const answer =
      changed === message.text ||
      (await client.do({ do: 'edit_message', user: snapshot.me, channel, ts, text: changed })).ok;
    if (answer) onDone();
  };
  return (
    <div className="message-editor">
      <textarea
        aria-label="Edit your message"
        data-testid="edit-message"
        // biome-ignore lint/a11y/noAutofocus: whoever chose to edit wants to type
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          void save();
        }}
      />
      <button type="button" onClick={onDone}>
        Cancel
      </button>
      <button type="button" className="save" disabled={text.trim() === ''} onClick={() => void save()}>
        Save
      </button>
    </div>
  );
}
