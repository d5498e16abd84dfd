import type { Person } from '../../identity/index.js';
import type { Team } from '../../policy/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Subcommand, Words } from '../slack-feature.js';
import { buttons, context, section } from '../text/blocks.js';
import { escape, mention } from '../text/mrkdwn.js';

/** What one may say, for this very person. */
export function helpWords(
  person: Person,
  teams: readonly Team[],
  command: string,
  subcommands: readonly Subcommand[],
): Words {
  const belongs =
    teams.length === 0
      ? 'You are in no team of access.yaml yet; ask a platform engineer.'
      : `You are in ${teams.map((team) => `*${escape(team.title)}*`).join(', ')}.`;
  const rows = subcommands.map(
    ({ name, usage, summary }) => `\`${command} ${name}${usage === '' ? '' : ` ${usage}`}\`  ${summary}`,
  );
  return {
    text: `Quartermaster gives you databases, environments and more. Try ${command} request.`,
    verbatim: true,
    blocks: [
      section(
        `Hello ${mention(person.id)}! I give you databases and whatever else the catalog holds, look after them, and take them down when their lease ends. ${belongs}`,
      ),
      ...buttons('help_actions', [
        {
          action: ACTIONS.requestItem,
          label: 'Request something',
          says: 'Request something from the catalog',
          style: 'primary',
        },
        { action: ACTIONS.showResources, label: 'My resources', says: 'Show my resources' },
        { action: ACTIONS.showCatalog, label: 'Catalog', says: 'Show the catalog' },
      ]),
      section(rows.join('\n')),
      context('In a thread, mention me instead: slash commands don’t work there. Passwords never appear in Slack.'),
    ],
  };
}
