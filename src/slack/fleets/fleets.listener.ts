import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ENV, type Env } from '../../config/index.js';
import { Fleets } from '../../lifecycle/index.js';
import { Policy } from '../../policy/index.js';
import { AppError } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, clickedValue, metadataOf, triggerOf } from '../wire/parsed.js';
import { behindWords, outlookWords, SIZES, startModal, WHY } from './fleets.view.js';

const about = z.object({ item: z.string(), digest: z.string() });
const given = z.object({
  [SIZES.block]: z.object({ [SIZES.action]: z.object({ value: z.string().nullish() }) }),
  [WHY.block]: z.object({ [WHY.action]: z.object({ value: z.string().nullish() }) }),
});

interface SubmittedView {
  readonly id: string;
  readonly private_metadata: string;
  readonly state: { values: unknown };
}

/** `/qm upgrades [item]`: what a newer version affects, and bringing all of it there in waves. */
@Injectable()
export class FleetsFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'upgrades',
      usage: '[item]',
      summary: 'what is not of the newest version of an item you look after, and its upgrade in waves',
      // An answer in a thread would be read by those who may not see it.
      inThreads: false,
      onlyReads: true,
      run: (call) => this.show(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly fleets: Fleets,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.startFleet, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const outlook = await this.fleets.outlook(clickedValue(action), person);
      await this.gateway.openView(triggerOf(body), startModal(outlook));
    });
    app.action(ACTIONS.resumeFleet, async ({ ack, action, context }) => {
      await ack();
      await this.fleets.resume(clickedId(action), await this.calls.of(context).person(), true);
    });
    app.action(ACTIONS.resumeWithout, async ({ ack, action, context }) => {
      await ack();
      await this.fleets.resume(clickedId(action), await this.calls.of(context).person(), false);
    });
    app.action(ACTIONS.stopFleet, async ({ ack, action, context }) => {
      await ack();
      await this.fleets.stop(clickedId(action), await this.calls.of(context).person());
    });
    app.view(CALLBACKS.startFleet, async ({ view, context }) => this.started(this.calls.of(context), view));
  }

  private async show({ text, person, reply }: CommandCall): Promise<void> {
    if (text === '') return reply(behindWords(await this.fleets.behind(person), this.env.slackCommand));
    await reply(outlookWords(await this.fleets.outlook(text, person), (team) => this.policy.teamTitle(team)));
  }

  private async started(call: Call, view: SubmittedView): Promise<void> {
    const { item: itemName, digest: itemDigest } = metadataOf(view, about);
    const { [SIZES.block]: sizes, [WHY.block]: why } = given.parse(view.state.values);
    const wish = {
      itemName,
      itemDigest,
      sizes: sizes[SIZES.action].value ?? '',
      reason: why[WHY.action].value?.trim() ?? '',
      person: await call.person(),
      idempotencyKey: `view:${view.id}`,
      traceId: call.traceId,
    };
    try {
      const { itemTitle } = await this.fleets.start(wish);
      await call.delivery.ack({ response_action: 'clear' });
      await call.tell(`The upgrade of *${escape(itemTitle, 200)}* has begun; its card is in the channel of its team.`);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'lifecycle.fleet_refused') throw error;
      await call.delivery.ack({ response_action: 'errors', errors: { [SIZES.block]: error.publicMessage } });
    }
  }
}
