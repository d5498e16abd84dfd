import type { ReactNode } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { useClient } from '../client';
import { ChannelHead } from './channel-head';
import { Composer } from './composer';
import { FirstSteps } from './first-steps';
import { Icon } from './icon';
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
  const channel = snapshot.channels.find((one) => one.id === channelId);
  if (channel === undefined) return null;
  const all = snapshot.messages[channelId] ?? [];
  const top = all.filter((message) => message.threadTs === undefined || message.threadTs === message.ts);
  const other =
    channel.kind === 'im'
      ? snapshot.users.find((user) => channel.memberIds.includes(user.id) && user.id !== snapshot.me)
      : undefined;
  const title = other?.realName ?? `#${channel.name}`;
  const follow = (event: React.MouseEvent): void => goToChannel(event, snapshot, client.select);
  return (
    <div className="channel" onClick={follow}>
      <section className="channel-main" aria-label={`Channel ${title}`}>
        <ChannelHead snapshot={snapshot} channel={channel} messages={all} />
        <MessageList
          snapshot={snapshot}
          messages={top}
          inThread={false}
          before={<FirstSteps snapshot={snapshot} channelName={channel.name} empty={top.length === 0} />}
        />
        <Composer snapshot={snapshot} channelId={channelId} label={title} />
      </section>
      {threadTs === null ? null : (
        <aside className="thread" aria-label="Thread" data-testid="thread">
          <header className="channel-head">
            <div className="channel-title">
              <h2>Thread</h2>
              <span className="topic">{title}</span>
            </div>
            <button
              type="button"
              className="icon-button"
              aria-label="Close thread"
              onClick={() => client.openThread(null)}
            >
              <Icon name="close" />
            </button>
          </header>
          <MessageList
            key={threadTs}
            snapshot={snapshot}
            messages={all.filter((message) => message.ts === threadTs || message.threadTs === threadTs)}
            inThread
            before={null}
          />
          <Composer
            key={`c-${threadTs}`}
            snapshot={snapshot}
            channelId={channelId}
            threadTs={threadTs}
            label="thread"
          />
        </aside>
      )}
    </div>
  );
}

/** A click on a channel's name in a message goes there, where one is a member. */
function goToChannel(
  event: React.MouseEvent,
  snapshot: ClientSnapshot,
  select: (selection: { kind: 'channel'; id: string }) => void,
): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-goto-channel]') : null;
  const id = link?.dataset.gotoChannel;
  if (id === undefined) return;
  event.preventDefault();
  const channel = snapshot.channels.find((one) => one.id === id);
  if (channel?.memberIds.includes(snapshot.me) === true) select({ kind: 'channel', id });
}
