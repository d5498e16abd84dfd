import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { ClientSnapshot, PlaygroundMessage } from '../../../protocol';
import { Icon } from './icon';
import { Message } from './message';

const GROUPED_SECONDS = 300;

export function MessageList({
  snapshot,
  messages,
  inThread,
  before,
}: {
  snapshot: ClientSnapshot;
  messages: PlaygroundMessage[];
  inThread: boolean;
  before: ReactNode;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const height = messages.reduce(
    (sum, message) => sum + message.text.length + message.blocks.length * 50 + message.reactions.length,
    messages.length,
  );
  const newest = messages.at(-1);
  const [missed, setMissed] = useState(false);
  const toEnd = (): void => {
    if (scroller.current !== null) scroller.current.scrollTop = scroller.current.scrollHeight;
  };
  useEffect(() => {
    if (atEnd.current) toEnd();
  }, [height]);
  useEffect(() => {
    if (newest?.user === snapshot.me && newest.ephemeralTo === undefined) toEnd();
    else if (!atEnd.current) setMissed(true);
  }, [newest?.ts]);
  return (
    <div
      className="messages"
      ref={scroller}
      role="log"
      aria-live="polite"
      onScroll={(event) => {
        const box = event.currentTarget;
        atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 120;
        if (atEnd.current) setMissed(false);
      }}
    >
      {before}
      {messages.map((message, at) => {
        const previous = messages[at - 1];
        const newDay = previous === undefined || dayOf(previous) !== dayOf(message);
        const grouped =
          !newDay &&
          previous !== undefined &&
          previous.user === message.user &&
          Number(message.ts) - Number(previous.ts) < GROUPED_SECONDS &&
          previous.ephemeralTo === message.ephemeralTo;
        return (
          <div key={`${message.ts}-${message.ephemeralTo ?? ''}`}>
            {newDay && !inThread ? (
              <div className="day" role="separator">
                <span>{dayWords(message)}</span>
              </div>
            ) : null}
            <Message snapshot={snapshot} message={message} grouped={grouped} inThread={inThread} />
          </div>
        );
      })}
      {missed ? (
        <button type="button" className="latest" onClick={toEnd}>
          <Icon name="down" size={15} /> New messages
        </button>
      ) : null}
    </div>
  );
}

function dayOf(message: PlaygroundMessage): string {
  return new Date(Number(message.ts) * 1000).toDateString();
}

function dayWords(message: PlaygroundMessage): string {
  const date = new Date(Number(message.ts) * 1000);
  return date.toDateString() === new Date().toDateString()
    ? 'Today'
    : date.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
}
