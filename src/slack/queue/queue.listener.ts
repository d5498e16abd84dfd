import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ENV, type Env } from '../../config/index.js';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { PlanChanged, RequestQueue } from '../../requests/index.js';
import { Resources } from '../../resources/index.js';
import { ACTIONS } from '../action-ids.js';
import { destroyModal } from '../destroy/destroy.view.js';
import { RequestPlans } from '../request/request-plans.js';
import type { SlackFeature } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, triggerOf } from '../wire/parsed.js';
import { queuedModal } from './queue.view.js';

const inView = z.object({ view: z.object({ id: z.string() }) });

/** What one may do when there is not enough left: queue, leave the queue, release something of one's own. */
@Injectable()
export class QueueFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly queue: RequestQueue,
    private readonly plans: RequestPlans,
    private readonly resources: Resources,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.joinQueue, async ({ ack, action, body, context }) => {
      await ack();
      const call = this.calls.of(context);
      const wish = { draftId: clickedId(action), person: await call.person(), traceId: call.traceId };
      await this.join(inView.parse(body).view.id, wish);
    });
    app.action(ACTIONS.leaveQueue, async ({ ack, action, context }) => {
      const call = this.calls.of(context);
      const { title } = await this.queue.cancel({ id: clickedId(action), person: await call.person() });
      await ack();
      await call.tell(`You left the queue for *${escape(title, 200)}*. Nothing was requested.`);
    });
    app.action(ACTIONS.releaseHolder, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const resource = await this.resources.get(clickedId(action));
      this.resources.assertMay(person, 'destroy', resource);
      await this.gateway.pushView(triggerOf(body), destroyModal(resource, this.policy.teamTitle(resource.teamId)));
    });
  }

  private async join(viewId: string, wish: { draftId: string; person: Person; traceId: string }): Promise<void> {
    try {
      const place = await this.queue.join(wish);
      if (place !== null) {
        const words = queuedModal(place, this.env.slackCommand, (team) => this.policy.teamTitle(team));
        await this.gateway.updateView(viewId, words);
        return;
      }
      await this.lookAgain(viewId, wish, 'There is enough left now: nothing was queued, you can send it.');
    } catch (error) {
      if (!(error instanceof PlanChanged)) throw error;
      await this.lookAgain(viewId, wish, 'The plan has changed since you looked at it. Nothing was queued yet.');
    }
  }

  private async lookAgain(
    viewId: string,
    { draftId, person }: { draftId: string; person: Person },
    notice: string,
  ): Promise<void> {
    await this.gateway.updateView(viewId, await this.plans.again(person, draftId, notice));
  }
}
