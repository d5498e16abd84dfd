import type { Person } from '../../identity/index.js';
import type { Permission, Team } from '../../policy/index.js';
import type { Words } from '../slack-feature.js';
import { fitting, lines, section } from '../text/blocks.js';
import { code, escape, mention } from '../text/mrkdwn.js';

export interface Answer {
  readonly what: string;
  readonly permission: Permission;
}

/** Who the bot takes one for, and what one may do, in the rules' own words. */
export function whoamiWords(person: Person, teams: readonly Team[], answers: readonly Answer[]): Words {
  const mine = teams.map((team) => {
    const isLead = person.teams.some(({ teamId, relation }) => teamId === team.id && relation === 'lead');
    return `• *${escape(team.title)}*, as ${isLead ? 'lead' : 'member'}`;
  });
  const roles = person.roles.length === 0 ? 'none' : person.roles.map((role) => code(role)).join(', ');
  const may = answers.map(
    ({ what, permission: { allowed, reason } }) =>
      `${allowed ? '✅' : '▫️'} *${escape(what, 100)}* ${escape(reason, 300)}`,
  );
  return {
    text: `You are ${mention(person.id)}.`,
    blocks: fitting([
      section(`You are ${mention(person.id)}, ${escape(person.email, 200)}.`),
      section(
        `*Teams*\n${mine.length === 0 ? 'none; ask a platform engineer to add you to access.yaml' : mine.join('\n')}`,
      ),
      section(`*Roles*\n${roles}`),
      section(`*What you may do*\n${lines(may, 'more', 2800)}`),
    ]),
  };
}
