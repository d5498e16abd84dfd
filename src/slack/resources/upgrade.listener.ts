import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Upgrading } from '../../lifecycle/index.js';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { blockOfParameter } from '../request/form-places.js';
import { formValues } from '../request/form-values.js';
import type { SlackFeature } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, shownModal, triggerOf } from '../wire/parsed.js';
import { questionsOf, upgradeModal } from './upgrade.view.js';

const ofForm = z.object({ resource: z.string(), answers: z.record(z.string(), z.json()) });
const ofPlan = ofForm.extend({ digest: z.string() });

interface SubmittedView {
  readonly id: string;
  readonly private_metadata: string;
  readonly state: { values: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

/** "Upgrade to …": what is asked besides → the plan → done in place, or asked for. */
@Injectable()
export class UpgradeFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly upgrading: Upgrading,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.compareVersions, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      // A plan asks the systems themselves; a trigger lives three seconds.
      const preview = await this.upgrading.preview({ resourceId: clickedId(action), person, answers: {} });
      const view = upgradeModal(preview, {});
      if (shownModal(body) === null) await this.gateway.openView(triggerOf(body), view);
      else await this.gateway.pushView(triggerOf(body), view);
    });
    app.view(CALLBACKS.upgradeForm, async ({ view, context }) => this.answered(this.calls.of(context), view));
    app.view(CALLBACKS.upgrade, async ({ view, context }) => this.agreed(this.calls.of(context), view));
  }

  private async answered(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId, answers: former } = metadataOf(view, ofForm);
    const person = await call.person();
    const given = formValues(view).parameters.map(({ path, value }) => [path, value] as const);
    const answers: JsonObject = { ...former, ...Object.fromEntries(given) };
    const preview = await this.upgrading.preview({ resourceId, person, answers });
    const asked = new Set(given.map(([path]) => path));
    const places = questionsOf(preview).filter(({ path }) => asked.has(path));
    const errors = places.map((place) => {
      const problem = preview.missing.find(({ field }) => field === place.path);
      return [blockOfParameter(place), problem?.message ?? 'Answer this.'] as const;
    });
    if (errors.length > 0) return call.delivery.ack({ response_action: 'errors', errors: Object.fromEntries(errors) });
    await call.delivery.ack({ response_action: 'update', view: upgradeModal(preview, answers) });
  }

  private async agreed(call: Call, view: SubmittedView): Promise<void> {
    const { resource: resourceId, answers, digest } = metadataOf(view, ofPlan);
    const person = await call.person();
    const { reason = '' } = formValues(view);
    const wish = { resourceId, person, answers: answers as JsonObject, reason };
    const about = { planDigest: digest, idempotencyKey: `view:${view.id}`, traceId: call.traceId };
    await this.upgrading.begin({ ...wish, ...about });
    await call.delivery.ack({ response_action: 'clear' });
  }
}
