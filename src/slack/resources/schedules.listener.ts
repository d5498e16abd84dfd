import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Schedules } from '../../lifecycle/index.js';
import { Resources } from '../../resources/index.js';
import { Clock } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { SlackFeature } from '../slack-feature.js';
import { dateWords } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { AWAKE_UNTIL, CHOICE, keepAwakeModal, NONE, scheduleModal } from './schedules.view.js';

const about = z.object({ resource: z.string() });
const chosen = z.object({
  [CHOICE.block]: z.object({ [CHOICE.action]: z.object({ selected_option: z.object({ value: z.string() }) }) }),
});
const day = z.object({
  [AWAKE_UNTIL.block]: z.object({ [AWAKE_UNTIL.action]: z.object({ selected_date: z.iso.date() }) }),
});

interface SubmittedView {
  readonly private_metadata: string;
  readonly state: { values: unknown };
}

/** When a resource sleeps, on its card. */
@Injectable()
export class SchedulesFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly resources: Resources,
    private readonly schedules: Schedules,
    private readonly clock: Clock,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.chooseSchedule, async ({ ack, action, body, context }) => {
      await ack();
      await this.choose(this.calls.of(context), clickedId(action), triggerOf(body));
    });
    app.action(ACTIONS.wakeNow, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const until = await this.schedules.wakeNow({ resourceId: clickedId(action), person: await call.person() });
      await call.tell(`It is being woken, and stays awake until ${dateWords(until)}.`);
    });
    app.action(ACTIONS.keepAwake, async ({ ack, action, body, context }) => {
      await ack();
      const resource = await this.resources.get(clickedId(action));
      this.resources.assertMay(await this.calls.of(context).person(), 'operate', resource);
      const today = this.clock.now().toISOString().slice(0, 10);
      await this.gateway.openView(triggerOf(body), keepAwakeModal(resource, today));
    });
    app.view(CALLBACKS.schedule, async ({ view, context }) => this.set(this.calls.of(context), view));
    app.view(CALLBACKS.keepAwake, async ({ view, context }) => this.keep(this.calls.of(context), view));
  }

  private async choose(call: Call, id: string, trigger: string): Promise<void> {
    const [resource, person] = [await this.resources.get(id), await call.person()];
    this.resources.assertMay(person, 'operate', resource);
    const offered = await this.schedules.offered(resource);
    if (offered === null) return;
    const schedule = await this.schedules.find(id);
    const timeZone = person.timezone ?? 'UTC';
    await this.gateway.openView(trigger, scheduleModal(resource, offered, { schedule, timeZone }));
  }

  private async set(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId } = metadataOf(view, about);
    const { value } = chosen.parse(view.state.values)[CHOICE.block][CHOICE.action].selected_option;
    await this.schedules.set({ resourceId, person: await call.person(), choice: value === NONE ? null : value });
    await call.delivery.ack({ response_action: 'clear' });
  }

  private async keep(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId } = metadataOf(view, about);
    const until = new Date(
      `${day.parse(view.state.values)[AWAKE_UNTIL.block][AWAKE_UNTIL.action].selected_date}T23:59:00Z`,
    );
    await this.schedules.keepAwake({ resourceId, person: await call.person(), until });
    await call.delivery.ack({ response_action: 'clear' });
    await call.tell(`It stays awake until ${dateWords(until)}.`);
  }
}
