import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ENV, type Env } from '../../config/index.js';
import { TransferRefused, Transfers } from '../../ownership/index.js';
import { Policy } from '../../policy/index.js';
import { Resources } from '../../resources/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { resourcesWords } from '../resources/resources.view.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { escape, mention } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { TRANSFER_FORM, transferEntered, transferModal } from './transfer.view.js';

const ofModal = z.object({ resource: z.string() });

/** `/qm transfer <resource>`, the Transfer buttons, and the answers of those who are asked. */
@Injectable()
export class TransferFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'transfer',
      usage: '<resource>',
      summary: 'give what you have to somebody else',
      inThreads: false,
      run: (call) => this.begin(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly resources: Resources,
    private readonly transfers: Transfers,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.transfer, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const resource = await this.resources.get(clickedId(action));
      this.resources.assertMay(person, 'transfer', resource);
      await this.gateway.openView(triggerOf(body), transferModal(resource, this.policy.teams()));
    });
    app.view(CALLBACKS.transfer, async ({ view, context }) => this.sent(this.calls.of(context), view));
    app.action(ACTIONS.acceptTransfer, async ({ ack, action, context }) => {
      const call = this.calls.of(context);
      const { title } = await this.transfers.accept({ id: clickedId(action), person: await call.person() });
      await ack();
      await call.tell(`You took *${escape(title, 200)}*. Whoever owns it now was told.`);
    });
    app.action(ACTIONS.declineTransfer, async ({ ack, action, context }) => {
      const call = this.calls.of(context);
      const { title } = await this.transfers.decline({ id: clickedId(action), person: await call.person() });
      await ack();
      await call.tell(`You declined *${escape(title, 200)}*. It stays where it is.`);
    });
  }

  private async begin({ text, person, triggerId = '', reply }: CommandCall): Promise<void> {
    if (text === '')
      return reply(
        resourcesWords(await this.resources.listFor(person), person.id, this.env.slackCommand, {
          teamTitle: (id) => this.policy.teamTitle(id),
        }),
      );
    const resource = await this.resources.meant(text, person);
    this.resources.assertMay(person, 'transfer', resource);
    await this.gateway.openView(triggerId, transferModal(resource, this.policy.teams()));
  }

  /** Persist, then acknowledge. */
  private async sent(call: Call, view: { private_metadata: string; state: { values: unknown } }): Promise<void> {
    const resourceId = metadataOf(view, ofModal).resource;
    const wish = transferEntered(view);
    const person = await call.person();
    const { title } = await this.resources.get(resourceId);
    try {
      const outcome = await this.transfers.transfer({ ...wish, resourceId, person, traceId: call.traceId });
      await call.delivery.ack({ response_action: 'clear' });
      const whom = mention(wish.toPerson);
      await call.tell(
        outcome === 'given'
          ? `*${escape(title, 200)}* belongs to ${whom} now.`
          : `*${escape(title, 200)}* is offered to ${whom}; the team is asked, and you hear of its answer.`,
      );
    } catch (error) {
      if (!(error instanceof TransferRefused)) throw error;
      await call.delivery.ack({
        response_action: 'errors',
        errors: { [TRANSFER_FORM[error.field]]: error.publicMessage },
      });
    }
  }
}
