import type { World } from '../world.js';
import { openDirectMessage } from './channels.js';
import { presentView } from './views.js';

/** A person opens the app's Home tab: the app hears of it and usually publishes something. */
export function openHome(world: World, user: string): void {
  const { channel } = openDirectMessage(world, [world.workspace.bot.id, user]);
  const home = world.workspace.homes.get(user);
  world.door.emit({
    type: 'app_home_opened',
    user,
    channel: channel.id,
    tab: 'home',
    event_ts: world.workspace.nextTs(),
    ...(home === undefined ? {} : { view: presentView(world, home) }),
  });
}
