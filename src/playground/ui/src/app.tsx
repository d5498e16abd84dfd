import { type ReactNode, useCallback, useEffect, useMemo, useReducer, useState } from 'react';
import type { ClientAction, ClientSnapshot, ServerFrame } from '../../protocol';
import { type Answer, act, sentenceFor } from './api';
import { ClientContext } from './client';
import { ChannelView } from './components/channel-view';
import { HomeView } from './components/home-view';
import { ModalStack } from './components/modal-stack';
import { Notices } from './components/notices';
import { Sidebar } from './components/sidebar';
import { useConnection } from './connection';
import { firstVisit, keepReadMarks, readMarks, rememberPlace, wantedChannel, wantedPerson } from './place';
import { INITIAL, reduce, type Selection, type State } from './store';
import { unreadOf } from './unread';

const FIRST = 'U0ADA0001';

/** A chat client for one person at a time; `?as=lea` chooses who, so that two windows can be two people. */
export function App(): ReactNode {
  const [state, send] = useReducer(reduce, INITIAL);
  const [person, setPerson] = useState(() => wantedPerson() || FIRST);
  const [since] = useState(firstVisit);
  const onFrame = useCallback((frame: ServerFrame) => {
    const read = frame.type === 'snapshot' ? { read: readMarks(frame.snapshot.me) } : {};
    send({ type: 'frame', frame, ...read });
  }, []);
  const onConnected = useCallback((connected: boolean) => send({ type: 'connected', connected }), []);
  const onRefused = useCallback(() => setPerson((one) => (one === FIRST ? one : FIRST)), []);
  useConnection(person, onFrame, onConnected, onRefused);

  const { snapshot, selection } = state;
  const select = useCallback((next: Selection) => send({ type: 'select', selection: next }), []);
  usePlace(state, select);
  useReading(state, (channel, ts) => send({ type: 'seen', channel, ts }));

  const client = useMemo(
    () => ({
      do: async (action: ClientAction): Promise<Answer> => {
        const answer = await act(action);
        if (!answer.ok && answer.error !== 'invalid_input') send({ type: 'notice', text: sentenceFor(answer) });
        return answer;
      },
      quietly: act,
      notice: (text: string) => send({ type: 'notice', text }),
      select,
      openThread: (ts: string | null) => send({ type: 'thread', ts }),
    }),
    [select],
  );
  const unread = useMemo(
    () => (snapshot === null ? {} : unreadOf(snapshot, state.read, since)),
    [snapshot, state.read, since],
  );
  if (snapshot === null)
    return (
      <div className="loading" role="status">
        {state.connected ? 'Loading the workspace …' : 'Connecting to the playground …'}
      </div>
    );
  return (
    <ClientContext.Provider value={client}>
      <div className="app">
        {state.connected ? null : (
          <div className="offline" role="alert">
            The playground is away. Trying again …
          </div>
        )}
        <Sidebar snapshot={snapshot} selection={selection} unread={unread} onSelect={select} onActAs={setPerson} />
        <main className="main">
          {selection?.kind === 'home' ? <HomeView snapshot={snapshot} /> : null}
          {selection?.kind === 'channel' ? (
            <ChannelView
              key={`${snapshot.me}-${selection.id}`}
              snapshot={snapshot}
              channelId={selection.id}
              threadTs={state.threadTs}
            />
          ) : null}
        </main>
        <ModalStack snapshot={snapshot} />
        <Notices notices={state.notices} onDismiss={(id) => send({ type: 'dismiss_notice', id })} />
      </div>
    </ClientContext.Provider>
  );
}

/** Chooses a channel where none is chosen, and keeps the address in step. */
function usePlace({ snapshot, selection }: State, select: (selection: Selection) => void): void {
  useEffect(() => {
    if (snapshot === null) return;
    if (selection?.kind === 'home') return rememberPlace(mySelf(snapshot), 'home');
    const mine = snapshot.channels.filter((channel) => channel.memberIds.includes(snapshot.me) && !channel.isArchived);
    const shown = mine.find((channel) => channel.id === selection?.id);
    if (shown !== undefined) return rememberPlace(mySelf(snapshot), shown.kind === 'im' ? shown.id : shown.name);
    const wanted = wantedChannel();
    if (wanted === 'home') return select({ kind: 'home' });
    const start =
      mine.find((channel) => wanted !== '' && (channel.name === wanted || channel.id === wanted)) ??
      mine.find((channel) => channel.name.startsWith('team-')) ??
      mine[0];
    if (start !== undefined) select({ kind: 'channel', id: start.id });
  }, [snapshot, selection, select]);
}

/** What is on the screen counts as seen. */
function useReading({ snapshot, selection, read }: State, onSeen: (channel: string, ts: string) => void): void {
  const channel = selection?.kind === 'channel' ? selection.id : null;
  const newest = channel === null ? undefined : snapshot?.messages[channel]?.at(-1)?.ts;
  const me = snapshot?.me;
  const seen = channel === null ? undefined : read[channel];
  useEffect(() => {
    if (channel !== null && newest !== undefined && newest !== seen) onSeen(channel, newest);
  });
  useEffect(() => {
    if (me !== undefined) keepReadMarks(me, read);
  }, [me, read]);
}

function mySelf(snapshot: ClientSnapshot): ClientSnapshot['users'][number] | undefined {
  return snapshot.users.find((user) => user.id === snapshot.me);
}
