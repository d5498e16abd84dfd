import { Inject, Injectable } from '@nestjs/common';
import { Upgrades } from '../../browsing/index.js';
import { ENV, type Env } from '../../config/index.js';
import type { Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import { ACTIONS } from '../action-ids.js';
import type { SlackFeature, Subcommand, Words } from '../slack-feature.js';
import { dateWords, escape } from '../text/mrkdwn.js';
import { Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { clickedId } from '../wire/parsed.js';
import { resourcesWords } from './resources.view.js';

/** `/qm resources`, and the Extend buttons. */
@Injectable()
export class ResourcesFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'resources',
      usage: '',
      summary: 'what you and your teams have, with the time left',
      inThreads: true,
      onlyReads: true,
      run: async (call) => call.reply(await this.list(call.person)),
    },
  ];

  constructor(
    private readonly calls: Calls,
    private readonly resources: Resources,
    private readonly upgrades: Upgrades,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    app.action(ACTIONS.showResources, async ({ ack, context }) => {
      await ack();
      const call = this.calls.of(context);
      await call.tell(await this.list(await call.person()));
    });
    app.action(ACTIONS.extend, async ({ action, context }) => {
      const call = this.calls.of(context);
      const { title, leaseEndsAt } = await this.resources.extend({
        resourceId: clickedId(action),
        person: await call.person(),
      });
      await call.delivery.ack();
      await call.tell(
        `The lease of *${escape(title, 200)}* ends ${leaseEndsAt === null ? 'later' : dateWords(leaseEndsAt)} now.`,
      );
    });
  }

  private async list(person: Person): Promise<Words> {
    const newest = (resource: Resource): string | null => this.upgrades.newer(resource)?.version ?? null;
    return resourcesWords(await this.resources.listFor(person), person.id, this.env.slackCommand, {
      teamTitle: (id) => this.policy.teamTitle(id),
      newest,
    });
  }
}
