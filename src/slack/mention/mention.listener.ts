import { Injectable } from '@nestjs/common';
import type { SlackFeature } from '../slack-feature.js';
import { Calls } from '../wire/calls.js';
import { CommandRouter } from '../wire/command-router.js';
import type { Listeners } from '../wire/listener-table.js';

/** `@quartermaster status req-…`: the same commands inside threads, where slash commands don't work. */
@Injectable()
export class MentionFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly router: CommandRouter,
  ) {}

  register(app: Listeners): void {
    app.event('app_mention', async ({ event, context }) => {
      const call = this.calls.of(context);
      const typed = event.text.replace(/^[^<]*<@[UW][A-Z0-9]+(\|[^>]*)?>/, '').trim();
      await this.router.run(typed, {
        person: await call.person(),
        channelId: event.channel,
        traceId: call.traceId,
        reply: (words) => call.tell(words),
      });
    });
  }
}
