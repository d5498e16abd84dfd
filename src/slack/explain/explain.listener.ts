import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { People, type Person } from '../../identity/index.js';
import { Policy } from '../../policy/index.js';
import { ExplainRequest } from '../../requests/index.js';
import { AppError } from '../../shared/index.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { code } from '../text/mrkdwn.js';
import { explainWords } from './explain.view.js';
import { typedExplain } from './explain-words.js';

class NobodyMeant extends AppError {
  readonly code = 'explain.nobody_meant';
}

/** `/qm explain <item>`: how the rules decide, before anything is requested. */
@Injectable()
export class ExplainFeature implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'explain',
      usage: '<item> [environment] [as @someone]',
      summary: 'how the rules decide about a request, and why',
      inThreads: true,
      run: (call) => this.explain(call),
    },
  ];

  constructor(
    private readonly explanations: ExplainRequest,
    private readonly policy: Policy,
    private readonly people: People,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  private async explain({ person: asker, text, traceId, reply }: CommandCall): Promise<void> {
    const known = { environments: this.policy.environments(), teams: this.policy.teams().map(({ id }) => id) };
    const { itemName, as, unknown, ...about } = typedExplain(text, known);
    if (itemName === '' || unknown.length > 0) return reply({ text: this.usage(unknown) });
    const person = as === null ? asker : await this.meant(as);
    const explanation = await this.explanations.explain({ itemName, asker, person, traceId, ...about });
    await reply(explainWords(explanation, this.policy.teamTitle(explanation.teamId), asker.id));
  }

  private usage(unknown: readonly string[]): string {
    const { slackCommand } = this.env;
    const lost =
      unknown.length === 0 ? '' : `I don’t know what ${unknown.map((word) => code(word, 40)).join(', ')} means here. `;
    return `${lost}Type \`${slackCommand} explain postgres-database\`; you may add an environment, a team, parameters like \`size=large\`, and \`as @someone\`. \`${slackCommand} catalog\` lists the items.`;
  }

  /** @throws NobodyMeant with what to write instead */
  private async meant(typed: string): Promise<Person> {
    const [, id] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(typed) ?? [];
    if (id !== undefined) return this.people.get(id);
    const name = typed.replace(/^@/, '').toLowerCase();
    if (name.includes('@')) return this.people.withEmail(name);
    const all = await this.people.list();
    const meant = all.filter((one) => one.name.toLowerCase() === name || one.email.split('@')[0] === name);
    const [only] = meant;
    if (only !== undefined && meant.length === 1) return only;
    throw new NobodyMeant(
      `${meant.length === 0 ? 'Nobody' : 'More than one person'} in access.yaml goes by that name. Write their e-mail address after “as” instead.`,
    );
  }
}
