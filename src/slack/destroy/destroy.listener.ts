import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ENV, type Env } from '../../config/index.js';
import { Policy } from '../../policy/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { resourcesWords } from '../resources/resources.view.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { SlackGateway } from '../web/slack-gateway.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId, metadataOf, triggerOf } from '../wire/parsed.js';
import { CONFIRMATION, destroyModal, nameToType } from './destroy.view.js';

const ofModal = z.object({ resource: z.string(), agreed: z.array(z.string()).default([]) });
const typed = z.object({
  [CONFIRMATION.block]: z.object({ [CONFIRMATION.action]: z.object({ value: z.string().nullish() }) }),
});

/** `/qm destroy <resource>`, and the Destroy buttons. */
@Injectable()
export class DestroyFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'destroy',
      usage: '<resource>',
      summary: 'take down what you don’t need any more',
      inThreads: false,
      run: (call) => this.begin(call),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly gateway: SlackGateway,
    private readonly resources: Resources,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.destroy, async ({ ack, action, body, context }) => {
      await ack();
      const person = await this.calls.of(context).person();
      const resource = await this.resources.get(clickedId(action));
      this.resources.assertMay(person, 'destroy', resource);
      await this.ask(triggerOf(body), resource);
    });
    app.view(CALLBACKS.confirmDestroy, async ({ view, context }) => this.confirmed(this.calls.of(context), view));
  }

  private async begin({ text, person, triggerId = '', reply }: CommandCall): Promise<void> {
    if (text === '')
      return reply(
        resourcesWords(await this.resources.listFor(person), person.id, this.env.slackCommand, {
          teamTitle: (id) => this.policy.teamTitle(id),
        }),
      );
    const resource = await this.resources.meant(text, person);
    this.resources.assertMay(person, 'destroy', resource);
    await this.ask(triggerId, resource);
  }

  private async ask(trigger: string, resource: Resource): Promise<void> {
    const dependents = await this.resources.dependents(resource.id);
    const teamTitle = this.policy.teamTitle(resource.teamId);
    await this.gateway.openView(trigger, destroyModal(resource, teamTitle, dependents));
  }

  private async confirmed(call: Call, view: { private_metadata: string; state: { values: unknown } }): Promise<void> {
    const person = await call.person();
    const { resource: id, agreed } = metadataOf(view, ofModal);
    const resource = await this.resources.get(id);
    const name = typed.safeParse(view.state.values).data?.[CONFIRMATION.block][CONFIRMATION.action].value?.trim() ?? '';
    if (name !== nameToType(resource))
      return call.delivery.ack({
        response_action: 'errors',
        errors: { [CONFIRMATION.block]: `That is not “${nameToType(resource)}”. Nothing was destroyed.` },
      });
    await this.resources.requestDestroy({ resourceId: resource.id, person, why: 'asked for in Slack', agreed });
    await call.delivery.ack({ response_action: 'clear' });
  }
}
