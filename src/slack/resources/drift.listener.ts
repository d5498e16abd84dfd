import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { DriftChecks, DriftDecisions, Reconciling, ResourceLives } from '../../lifecycle/index.js';
import { Policy } from '../../policy/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { Clock } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand, Words } from '../slack-feature.js';
import { escape } from '../text/mrkdwn.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { resourceCard } from './resource-card.view.js';
import { acceptModal, ignoreModal, REASON, UNTIL } from './resource-modals.view.js';

const about = z.object({ resource: z.string() });
const typed = z.object({ [REASON.block]: z.object({ [REASON.action]: z.object({ value: z.string().nullish() }) }) });
const chosen = z.object({ [UNTIL.block]: z.object({ [UNTIL.action]: z.object({ selected_date: z.iso.date() }) }) });
const WEEK_MILLISECONDS = 7 * 86_400_000;

interface SubmittedView {
  readonly private_metadata: string;
  readonly state: { values: unknown };
}

/** `/qm resource <resource>`: its card; and what is decided on it about drift. */
@Injectable()
export class DriftFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'resource',
      usage: '<resource>',
      summary: 'one resource: whether it was changed, and what can be done to it',
      inThreads: true,
      run: (call) => this.show(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly resources: Resources,
    private readonly lives: ResourceLives,
    private readonly checks: DriftChecks,
    private readonly decisions: DriftDecisions,
    private readonly reconciling: Reconciling,
    private readonly policy: Policy,
    private readonly clock: Clock,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.showResource, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const resource = await this.resources.get(clickedId(action));
      this.resources.assertMay(await call.person(), 'view', resource);
      await call.tell(await this.card(resource.id));
    });
    app.action(ACTIONS.checkNow, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const id = clickedId(action);
      await this.checks.checkNow(id, await call.person());
      await call.tell(await this.card(id));
    });
    app.action(ACTIONS.reconcile, async ({ ack, action, context }) => {
      await ack();
      const call = this.calls.of(context);
      const { traceId } = call;
      await this.reconciling.begin({ resourceId: clickedId(action), person: await call.person(), traceId });
      await call.tell('It is being put right; its card shows how it goes.');
    });
    app.action(ACTIONS.acceptDrift, async ({ ack, action, body, context }) => {
      await ack();
      const resource = await this.operable(this.calls.of(context), clickedId(action));
      const drift = await this.checks.find(resource.id);
      if (drift !== null) await this.gateway.openView(triggerOf(body), acceptModal(resource, drift));
    });
    app.action(ACTIONS.ignoreDrift, async ({ ack, action, body, context }) => {
      await ack();
      const resource = await this.operable(this.calls.of(context), clickedId(action));
      const inAWeek = new Date(this.clock.now().getTime() + WEEK_MILLISECONDS).toISOString().slice(0, 10);
      await this.gateway.openView(triggerOf(body), ignoreModal(resource, inAWeek));
    });
    app.view(CALLBACKS.acceptDrift, async ({ view, context }) => this.accepted(this.calls.of(context), view));
    app.view(CALLBACKS.ignoreDrift, async ({ view, context }) => this.ignored(this.calls.of(context), view));
  }

  private async show({ text, person, reply }: CommandCall): Promise<void> {
    const resource = await this.resources.meant(text, person);
    this.resources.assertMay(person, 'view', resource);
    await reply(await this.card(resource.id));
  }

  private async card(id: string): Promise<Words> {
    const life = await this.lives.find(id);
    return life === null
      ? { text: 'There is no such resource.' }
      : resourceCard(life, this.policy.teamTitle(life.resource.teamId), this.clock.now());
  }

  private async operable(call: Call, id: string): Promise<Resource> {
    const resource = await this.resources.get(id);
    this.resources.assertMay(await call.person(), 'operate', resource);
    return resource;
  }

  private async accepted(call: Call, view: SubmittedView): Promise<void> {
    const { resource } = metadataOf(view, about);
    const reason = typed.parse(view.state.values)[REASON.block][REASON.action].value?.trim() ?? '';
    if (reason === '')
      return call.delivery.ack({
        response_action: 'errors',
        errors: { [REASON.block]: 'Write why. Nothing was changed.' },
      });
    await this.decisions.accept({ resourceId: resource, person: await call.person(), reason });
    await call.delivery.ack({ response_action: 'clear' });
  }

  private async ignored(call: Call, view: SubmittedView): Promise<void> {
    const { resource } = metadataOf(view, about);
    const day = chosen.parse(view.state.values)[UNTIL.block][UNTIL.action].selected_date;
    const until = new Date(`${day}T00:00:00Z`);
    await this.decisions.ignore({ resourceId: resource, person: await call.person(), until });
    await call.delivery.ack({ response_action: 'clear' });
    await call.tell(`Ignored until ${escape(day)}.`);
  }
}
