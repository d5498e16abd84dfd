import { type ReactNode, useMemo } from 'react';
import type { ClientSnapshot } from '../../../protocol';
import { Blocks } from '../blocks/blocks';
import { type Surface, SurfaceProvider } from '../blocks/context';
import { useClient } from '../client';
import { Avatar } from './avatar';
import { AppTabs } from './channel-head';
import { optionsFrom } from './options';

export function HomeView({ snapshot }: { snapshot: ClientSnapshot }): ReactNode {
  const client = useClient();
  const { home, me } = snapshot;
  const viewId = home?.id ?? '';
  const surface = useMemo<Surface>(() => {
    const container = { type: 'view' as const, viewId };
    return {
      snapshot,
      container,
      state: home?.state ?? {},
      errors: {},
      dispatch: (blockId, actionId, value) =>
        client.do({ do: 'block_action', user: me, container, blockId, actionId, value }),
      input: (blockId, actionId, value) => client.do({ do: 'set_input', user: me, viewId, blockId, actionId, value }),
      options: async (blockId, actionId, value) =>
        optionsFrom(await client.do({ do: 'options', user: me, container, blockId, actionId, value })),
    };
  }, [snapshot, home, viewId, client, me]);
  const bot = snapshot.users.find((user) => user.id === snapshot.bot.userId);
  const messages = snapshot.channels.find(
    (channel) => channel.kind === 'im' && [me, snapshot.bot.userId].every((id) => channel.memberIds.includes(id)),
  );
  return (
    <section className="home" aria-label="App Home" data-testid="home">
      <header className="channel-head">
        <div className="channel-title">
          <h1>
            <Avatar user={bot} size={24} />
            {snapshot.bot.name}
          </h1>
          <AppTabs snapshot={snapshot} tab="home" channelId={messages?.id} />
        </div>
      </header>
      <div className="home-body">
        {home === null ? (
          <p className="empty">The app has not filled its Home yet.</p>
        ) : (
          <SurfaceProvider value={surface}>
            <Blocks blocks={home.blocks} />
          </SurfaceProvider>
        )}
      </div>
    </section>
  );
}
