import { type ReactNode, useCallback, useEffect, useMemo, useReducer, useState } from 'react';
import type { ClientAction, ServerFrame } from '../../protocol';
import { type Answer, act, sentenceFor } from './api';
import { ClientContext } from './client';
import { ChannelView } from './components/channel-view';
import { HomeView } from './components/home-view';
import { ModalStack } from './components/modal-stack';
import { Notices } from './components/notices';
import { Sidebar } from './components/sidebar';
import { INITIAL, reduce, type Selection } from './store';

const FIRST = 'U0ADA0001';

/** A chat client for one person at a time; `?as=lea` chooses who, so that two windows can be two people. */
export function App(): ReactNode {
  const [state, send] = useReducer(reduce, INITIAL);
  const [me, setMe] = useState(
    () => new URLSearchParams(location.search).get('as') ?? localStorage.getItem('playground-as') ?? FIRST,
  );
  useConnection(me, send);

  const { snapshot } = state;
  const actAs = useCallback((id: string) => {
    localStorage.setItem('playground-as', id);
    send({ type: 'act_as' });
    setMe(id);
  }, []);
  const select = useCallback((selection: Selection) => send({ type: 'select', selection }), []);

  useEffect(() => {
    if (snapshot === null) return;
    const wanted = decodeURIComponent(location.hash.slice(1));
    const mine = snapshot.channels.filter((channel) => channel.memberIds.includes(snapshot.me) && !channel.isArchived);
    const kept =
      state.selection?.kind === 'channel'
        ? mine.find((channel) => channel.id === (state.selection as { id: string }).id)
        : undefined;
    if (state.selection?.kind === 'home' || kept !== undefined) return;
    const start =
      mine.find((channel) => wanted !== '' && (channel.name === wanted || channel.id === wanted)) ??
      mine.find((channel) => channel.name.startsWith('team-')) ??
      mine[0];
    if (start !== undefined) select({ kind: 'channel', id: start.id });
  }, [snapshot, state.selection, select]);

  const client = useMemo(
    () => ({
      do: async (action: ClientAction): Promise<Answer> => {
        const answer = await act(action);
        if (!answer.ok && answer.error !== 'invalid_input') send({ type: 'notice', text: sentenceFor(answer) });
        return answer;
      },
      notice: (text: string) => send({ type: 'notice', text }),
      select,
      openThread: (ts: string | null) => send({ type: 'thread', ts }),
    }),
    [select],
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
        <Sidebar
          snapshot={snapshot}
          selection={state.selection}
          unread={state.unread}
          onSelect={select}
          onActAs={actAs}
        />
        <main className="main">
          {state.selection?.kind === 'home' ? <HomeView snapshot={snapshot} /> : null}
          {state.selection?.kind === 'channel' ? (
            <ChannelView
              key={`${snapshot.me}-${state.selection.id}`}
              snapshot={snapshot}
              channelId={state.selection.id}
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

/** Keeps one WebSocket open for the person, and comes back when it breaks. */
function useConnection(
  me: string,
  send: (event: { type: 'frame'; frame: ServerFrame } | { type: 'connected'; connected: boolean }) => void,
): void {
  useEffect(() => {
    let socket: WebSocket | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    const connect = (): void => {
      socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/client/ws?user=${encodeURIComponent(me)}`);
      socket.onopen = () => send({ type: 'connected', connected: true });
      socket.onmessage = (event) => {
        if (!closed) send({ type: 'frame', frame: JSON.parse(String(event.data)) as ServerFrame });
      };
      socket.onclose = () => {
        if (closed) return;
        send({ type: 'connected', connected: false });
        retry = setTimeout(connect, 1000);
      };
    };
    connect();
    return () => {
      closed = true;
      clearTimeout(retry);
      socket?.close();
    };
  }, [me, send]);
}
