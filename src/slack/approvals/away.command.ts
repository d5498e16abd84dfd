import { Inject, Injectable } from '@nestjs/common';
import { type Absence, Absences } from '../../approvals/index.js';
import { ENV, type Env } from '../../config/index.js';
import { IdentityRefused, People, type Person } from '../../identity/index.js';
import { AppError, Clock } from '../../shared/index.js';
import type { CommandCall, SlackFeature, Subcommand } from '../slack-feature.js';
import { code, dateWords, mention } from '../text/mrkdwn.js';
import { awayWish } from './away-text.js';

class NobodyMeant extends AppError {
  readonly code = 'slack.nobody_meant';
}

/** `/qm away until <date> [to @person]`, and back. */
@Injectable()
export class AwayCommand implements SlackFeature {
  readonly subcommands: readonly Subcommand[] = [
    {
      name: 'away',
      usage: '[until <date> [to @person] | back]',
      summary: 'say that you are away, and who stands in for your approvals',
      inThreads: true,
      run: (call) => this.run(call),
    },
  ];

  constructor(
    private readonly absences: Absences,
    private readonly people: People,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Pick<Env, 'slackCommand'>,
  ) {}

  private async run({ person, text, reply }: CommandCall): Promise<void> {
    const wish = awayWish(text, this.clock.now(), person.timezone);
    switch (wish.kind) {
      case 'show':
        return reply({ text: await this.shown(person) });
      case 'back':
        return reply({ text: await this.back(person) });
      case 'unclear':
        return reply({ text: `I don’t understand that time. ${this.usage()}` });
      case 'until': {
        const delegate = wish.delegate === null ? null : await this.meant(wish.delegate);
        const absence = await this.absences.begin({ person, delegate, endsAt: wish.endsAt });
        return reply({ text: `🌴 ${awayWords(absence)} ${code(`${this.env.slackCommand} away back`)} ends it.` });
      }
    }
  }

  private async back(person: Person): Promise<string> {
    const ended = await this.absences.end(person);
    if (ended === null) return 'You were not away. Nothing was changed.';
    const standIn = ended.delegateId === null ? '' : ` ${mention(ended.delegateId)} does not stand in any more.`;
    return `Welcome back.${standIn} What was voted meanwhile stays.`;
  }

  private async shown(person: Person): Promise<string> {
    const [own, others] = await Promise.all([this.absences.find(person.id), this.absences.standsInFor(person.id)]);
    const about = own === null ? 'You are not away.' : awayWords(own);
    const places = others.map((one) => ` You stand in for ${mention(one.personId)} until ${dateWords(one.endsAt)}.`);
    return `${about}${places.join('')} ${this.usage()}`;
  }

  private usage(): string {
    const command = `${this.env.slackCommand} away`;
    return `Say ${code(`${command} until 2026-12-24 to @person`)}, ${code(`${command} until friday`)}, ${code(`${command} 3 days`)} or ${code(`${command} back`)}.`;
  }

  /** By mention, or by the name Slack shows. @throws NobodyMeant */
  private async meant(word: string): Promise<Person> {
    const [, id] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(word) ?? [];
    if (id !== undefined) return this.active(id);
    const name = word.replace(/^@/, '').toLowerCase();
    const named = (await this.people.list()).filter(
      (one) => one.name.toLowerCase() === name || one.email.split('@', 1)[0] === name || one.email === name,
    );
    const [only] = named;
    if (only === undefined || named.length > 1)
      throw new NobodyMeant(
        named.length > 1
          ? 'More than one person answers to that name. Nothing was changed; name them by their e-mail address.'
          : 'I know nobody of that name. Nothing was changed; name them by @mention or e-mail address.',
      );
    return this.active(only.id);
  }

  private async active(id: string): Promise<Person> {
    try {
      return await this.people.getFresh(id);
    } catch (error) {
      if (!(error instanceof IdentityRefused)) throw error;
      throw new NobodyMeant(
        'That account may not vote, so it can’t stand in. Nothing was changed; name somebody else.',
      );
    }
  }
}

function awayWords({ delegateId, endsAt }: Absence): string {
  const until = `You are away until ${dateWords(endsAt)}.`;
  return delegateId === null
    ? `${until} Nobody stands in for you.`
    : `${until} ${mention(delegateId)} stands in: their vote counts for yours, and the card says so.`;
}
