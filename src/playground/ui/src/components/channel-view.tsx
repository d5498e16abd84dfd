import { type ReactNode, useState } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { useClient } from '../client';
import { Mrkdwn } from '../mrkdwn';
import { Composer } from './composer';
import { FirstSteps } from './first-steps';
import { MessageList } from './message-list';

export function ChannelView({
  snapshot,
  channelId,
  threadTs,
}: {
  snapshot: ClientSnapshot;
  channelId: string;
  threadTs: string | null;
}): ReactNode {
  const client = useClient();
  const [pinsOpen, setPinsOpen] = useState(false);
  const channel = snapshot.channels.find((one) => one.id === channelId);
  if (channel === undefined) return null;
  const all = snapshot.messages[channelId] ?? [];
  const top = all.filter((message) => message.threadTs === undefined || message.threadTs === message.ts);
  const thread =
    threadTs === null ? [] : all.filter((message) => message.ts === threadTs || message.threadTs === threadTs);
  const other =
    channel.kind === 'im'
      ? snapshot.users.find((user) => channel.memberIds.includes(user.id) && user.id !== snapshot.me)
      : undefined;
  const title = other?.realName ?? channel.name;
  const pinned = all.filter((message) => channel.pinnedTs.includes(message.ts));
  return (
    <div className="channel">
      <section className="channel-main" aria-label={`Channel ${title}`}>
        <header className="channel-head">
          <div className="channel-title">
            <h1>{other === undefined ? `# ${title}` : title}</h1>
            <span className="topic">
              <Mrkdwn text={channel.topic} names={snapshot} />
            </span>
          </div>
          <div className="channel-facts">
            {channel.bookmarks.map((bookmark) => (
              <a key={bookmark.id} href={bookmark.link} target="_blank" rel="noreferrer noopener">
                🔖 {bookmark.title}
              </a>
            ))}
            {pinned.length > 0 ? (
              <button type="button" aria-expanded={pinsOpen} onClick={() => setPinsOpen(!pinsOpen)}>
                📌 {pinned.length}
              </button>
            ) : null}
            <span aria-label={`${channel.memberIds.length} members`}>👥 {channel.memberIds.length}</span>
          </div>
        </header>
        {pinsOpen ? (
          <div className="pins">
            {pinned.map((message) => (
              <div key={message.ts}>
                📌 <Mrkdwn text={message.text.slice(0, 120)} names={snapshot} />
              </div>
            ))}
          </div>
        ) : null}
        <MessageList
          snapshot={snapshot}
          messages={top}
          inThread={false}
          before={<FirstSteps snapshot={snapshot} channelName={channel.name} empty={top.length === 0} />}
        />
        <Composer snapshot={snapshot} channelId={channelId} label={other === undefined ? `#${title}` : title} />
      </section>
      {threadTs === null ? null : (
        <aside className="thread" aria-label="Thread">
          <header className="channel-head">
            <h2>Thread</h2>
            <button type="button" aria-label="Close thread" onClick={() => client.openThread(null)}>
              ✕
            </button>
          </header>
          <MessageList snapshot={snapshot} messages={thread} inThread before={null} />
          <Composer snapshot={snapshot} channelId={channelId} threadTs={threadTs} label="thread" />
        </aside>
      )}
    </div>
  );
}
