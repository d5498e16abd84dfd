import type { World } from '../world.js';
import { postMessage } from './messages.js';

const TICK_MS = 1_000;

/** Posts what `chat.scheduleMessage` left for later. */
export class ScheduledPosts {
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly world: World) {
    this.timer = setInterval(() => {
      this.postDue();
    }, TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private postDue(): void {
    const { workspace } = this.world;
    for (const scheduled of workspace.scheduled.values()) {
      if (scheduled.postAt > workspace.seconds()) continue;
      workspace.scheduled.delete(scheduled.id);
      const channel = workspace.channels.get(scheduled.channel);
      const parentGone =
        scheduled.threadTs !== undefined && workspace.findMessage(scheduled.channel, scheduled.threadTs) === undefined;
      if (channel === undefined || channel.isArchived || parentGone) continue;
      postMessage(this.world, workspace.bot.id, channel, scheduled);
    }
  }
}
