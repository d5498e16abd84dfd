import { Inject, Injectable } from '@nestjs/common';
import { distance } from 'fastest-levenshtein';
import { ENV, type Env } from '../../config/index.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { code } from '../text/mrkdwn.js';
import { type Call, Calls } from './calls.js';
import { Deliveries } from './deliveries.js';
import type { Listeners } from './listener-table.js';

/** How far a mistyped word may be from what was meant. */
const MAX_DISTANCE = 3;
const MAX_TYPED = 2000;

/** `/qm <subcommand> …`: finds the subcommand, suggests one when there is none of that name. */
@Injectable()
export class CommandRouter {
  private subcommands: readonly Subcommand[] = [];

  constructor(
    private readonly calls: Calls,
    private readonly deliveries: Deliveries,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  /** @throws Error if two features want the same name */
  register(app: Listeners, features: readonly SlackFeature[]): void {
    this.subcommands = features.flatMap((feature) => feature.subcommands ?? []);
    const names = this.subcommands.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new Error(`Two features want the subcommand ${twice}.`);
    app.command(this.env.slackCommand, async ({ command, context }) => {
      const call = this.calls.of(context);
      const isFirst = this.find(command.text)?.onlyReads === true || (await this.claim(call));
      if (!isFirst) return;
      await this.run(command.text, {
        person: await call.person(),
        channelId: command.channel_id,
        triggerId: command.trigger_id,
        traceId: call.traceId,
        reply: (words) => call.tell(words),
      });
    });
  }

  list(): readonly Subcommand[] {
    return this.subcommands;
  }

  /** Runs what was typed; nothing typed means help. */
  async run(typed: string, call: Omit<CommandCall, 'text'>): Promise<void> {
    const { word, rest } = split(typed);
    const found = this.find(typed);
    if (found === undefined) {
      await call.reply(this.unknown(word));
      return;
    }
    if (!found.inThreads && call.triggerId === undefined) {
      await call.reply({
        text: `Slack opens no form from a thread. Type \`${this.env.slackCommand} ${found.name}\` in the channel itself.`,
      });
      return;
    }
    await found.run({ ...call, text: rest });
  }

  /** Undefined when there is none of that name. */
  private find(typed: string): Subcommand | undefined {
    const { word } = split(typed);
    return this.subcommands.find(({ name }) => name === (word === '' ? 'help' : word));
  }

  /** Before it is acknowledged, and for all replicas: one that the gate has not seen may have gone to another. */
  private async claim({ delivery, traceId }: Call): Promise<boolean> {
    delivery.hold();
    const isFirst = await this.deliveries.claimEverywhere(delivery.facts, traceId);
    delivery.letGo();
    return isFirst;
  }

  private unknown(word: string): { text: string } {
    const { slackCommand } = this.env;
    const [nearest] = this.subcommands
      .map(({ name }) => ({ name, far: distance(name, word) }))
      .sort((a, b) => a.far - b.far);
    const hint =
      nearest !== undefined && nearest.far <= MAX_DISTANCE
        ? `Did you mean \`${slackCommand} ${nearest.name}\`?`
        : `\`${slackCommand} help\` lists what there is.`;
    return { text: `I don’t know ${code(word, 40)}. ${hint}` };
  }
}

function split(typed: string): { word: string; rest: string } {
  const text = typed.slice(0, MAX_TYPED).trim();
  const [word = ''] = text.split(/\s/, 1);
  return { word: word.toLowerCase(), rest: text.slice(word.length).trim() };
}
