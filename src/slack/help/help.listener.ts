import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Policy } from '../../policy/index.js';
import { ACTIONS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { CommandRouter } from '../wire/command-router.js';
import type { Listeners } from '../wire/listener-table.js';
import { helpWords } from './help.view.js';

/** `/qm` and `/qm help` */
@Injectable()
export class HelpFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'help',
      usage: '',
      summary: 'what you see here',
      inThreads: true,
      onlyReads: true,
      run: (call) => this.help(call),
    },
  ];

  constructor(
    private readonly router: CommandRouter,
    private readonly policy: Policy,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  register(app: Listeners): void {
    // A button that is a link is also reported as a click: there is nothing to do.
    app.action(ACTIONS.openLink, ({ ack }) => ack());
  }

  private help({ person, reply }: CommandCall): Promise<void> {
    return reply(helpWords(person, this.policy.teamsOf(person), this.env.slackCommand, this.router.list()));
  }
}
