import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Pins } from '../../lifecycle/index.js';
import { Resources } from '../../resources/index.js';
import { Clock } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { SlackFeature } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { PIN_REASON, PIN_UNTIL, pinModal } from './pin.view.js';

const about = z.object({ resource: z.string() });
const given = z.object({
  [PIN_UNTIL.block]: z.object({ [PIN_UNTIL.action]: z.object({ selected_date: z.iso.date().nullish() }) }),
  [PIN_REASON.block]: z.object({ [PIN_REASON.action]: z.object({ value: z.string().nullish() }) }),
});
const DAY_MILLISECONDS = 86_400_000;
const USUAL_DAYS = 7;
const LONGEST_DAYS = 30;

interface SubmittedView {
  readonly private_metadata: string;
  readonly state: { values: unknown };
}

/** "Not now…": an upgrade is put off, or may happen again. */
@Injectable()
export class PinFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly resources: Resources,
    private readonly pins: Pins,
    private readonly clock: Clock,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.pinUpgrade, async ({ ack, action, body, context }) => {
      await ack();
      const resource = await this.resources.get(clickedId(action));
      this.resources.assertMay(await this.calls.of(context).person(), 'operate', resource);
      const days = { initial: this.dayIn(USUAL_DAYS), last: this.dayIn(LONGEST_DAYS) };
      await this.gateway.openView(triggerOf(body), pinModal(resource, days));
    });
    app.action(ACTIONS.unpinUpgrade, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const resource = await this.resources.get(clickedId(action));
      await this.pins.lift(resource.id, await call.person());
      await call.tell(`*${escape(resource.title, 200)}* may be upgraded again.`);
    });
    app.view(CALLBACKS.pinUpgrade, async ({ view, context }) => this.pinned(this.calls.of(context), view));
  }

  private async pinned(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId } = metadataOf(view, about);
    const { [PIN_UNTIL.block]: until, [PIN_REASON.block]: why } = given.parse(view.state.values);
    const day = until[PIN_UNTIL.action].selected_date ?? '';
    const reason = why[PIN_REASON.action].value?.trim() ?? '';
    const errors = {
      ...(!this.isSoonEnough(day) && {
        [PIN_UNTIL.block]: `Choose a day from tomorrow to ${this.dayIn(LONGEST_DAYS)}.`,
      }),
      ...(reason === '' && { [PIN_REASON.block]: 'Write why. Nothing was changed.' }),
    };
    if (Object.keys(errors).length > 0) return call.delivery.ack({ response_action: 'errors', errors });
    const person = await call.person();
    await this.pins.pin({ resourceId, person, until: new Date(`${day}T00:00:00Z`), reason });
    await call.delivery.ack({ response_action: 'clear' });
    await call.tell(`It is not upgraded before ${escape(day)}, unless you do it yourself.`);
  }

  private isSoonEnough(day: string): boolean {
    return day > this.dayIn(0) && day <= this.dayIn(LONGEST_DAYS);
  }

  private dayIn(days: number): string {
    return new Date(this.clock.now().getTime() + days * DAY_MILLISECONDS).toISOString().slice(0, 10);
  }
}
