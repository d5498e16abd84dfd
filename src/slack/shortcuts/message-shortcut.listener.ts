import { Injectable } from '@nestjs/common';
import { Approvals } from '../../approvals/index.js';
import { CALLBACKS } from '../action-ids.js';
import { CardPlaces } from '../cards/card-places.js';
import type { SlackFeature } from '../slack-feature.js';
import { StatusFeature } from '../status/status.listener.js';
import { Calls } from '../wire/calls.js';
import { CommandRouter } from '../wire/command-router.js';
import type { Listeners } from '../wire/listener-table.js';

const ID_IN_TEXT = /\b(?:req|res)-[0-9a-hjkmnp-tv-z]{8}\b/;

/** "About this message": the status of the request that a message shows or names, else help. */
@Injectable()
export class MessageShortcutFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly places: CardPlaces,
    private readonly approvals: Approvals,
    private readonly status: StatusFeature,
    private readonly router: CommandRouter,
  ) {}

  register(app: Listeners): void {
    app.shortcut(
      { callback_id: CALLBACKS.messageShortcut, type: 'message_action' },
      async ({ ack, shortcut, context }) => {
        await ack();
        const call = this.calls.of(context);
        const person = await call.person();
        const channel = shortcut.channel.id;
        const id =
          (await this.shown(channel, shortcut.message.ts)) ?? ID_IN_TEXT.exec(shortcut.message.text ?? '')?.[0];
        if (id !== undefined) return call.tell(await this.status.of(id, person));
        await this.router.run('help', {
          person,
          channelId: channel,
          traceId: call.traceId,
          reply: (words) => call.tell(words),
        });
      },
    );
  }

  private async shown(channel: string, ts: string): Promise<string | undefined> {
    const card = await this.places.subjectOf({ channel, ts });
    if (card?.subject.kind === 'request') return card.subject.id;
    if (card?.subject.kind !== 'approval') return undefined;
    const about = (await this.approvals.get(card.subject.id)).subject;
    return about.kind === 'request' ? about.id : undefined;
  }
}
