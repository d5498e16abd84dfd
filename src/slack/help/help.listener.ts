import { Inject, Injectable } from '@nestjs/common';
import type { KnownBlock } from '@slack/web-api';
import { ENV, type Env } from '../../config/index.js';
import { Policy } from '../../policy/index.js';
import { ACTIONS } from '../action-ids.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { CommandRouter } from '../wire/command-router.js';
import type { Listeners } from '../wire/listener-table.js';
import { helpForEverybody, helpWords } from './help.view.js';

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

  /** Made once, when everybody has registered what can be said. */
  private forEverybody: KnownBlock[] | null = null;

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
    this.forEverybody ??= helpForEverybody(this.env.slackCommand, this.router.list());
    return reply(helpWords(person, this.policy.teamsOf(person), this.env.slackCommand, this.forEverybody));
  }
}
