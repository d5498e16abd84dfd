import type { KnownBlock } from '@slack/web-api';
import type { Person } from '../../identity/index.js';
import type { Team } from '../../policy/index.js';
import { ACTIONS } from '../action-ids.js';
import type { Subcommand, Words } from '../slack-feature.js';
import { buttons, context, section } from '../text/blocks.js';
import { escape, mention } from '../text/mrkdwn.js';

/** Which subcommands belong together; those without a place come last. */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Ask for something', ['request', 'bulk', 'catalog', 'explain', 'status']],
  ['Look after what you have', ['resources', 'resource', 'transfer', 'destroy', 'cost']],
  ['Decide', ['approvals', 'away', 'exceptions']],
  ['When something breaks', ['incident']],
];
const LAST_GROUP = 'Besides';

/** What one may say, for this very person, around what is the same for everybody. */
export function helpWords(
  person: Person,
  teams: readonly Team[],
  command: string,
  forEverybody: readonly KnownBlock[],
): Words {
  const belongs =
    teams.length === 0
      ? 'You are in no team of access.yaml yet; ask a platform engineer.'
      : `You are in ${teams.map((team) => `*${escape(team.title)}*`).join(', ')}.`;
  return {
    text: `Quartermaster gives you databases, environments and more. Try ${command} request.`,
    verbatim: true,
    blocks: [
      section(
        `Hello ${mention(person.id)}! I give you databases and whatever else the catalog holds, look after them, and take them down when their lease ends. ${belongs}`,
      ),
      ...forEverybody,
    ],
  };
}

/** Buttons, and all subcommands by what they are for. */
export function helpForEverybody(command: string, subcommands: readonly Subcommand[]): KnownBlock[] {
  return [
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
    ...subcommandBlocks(command, subcommands),
    context('In a thread, mention me instead: slash commands don’t work there. Passwords never appear in Slack.'),
  ];
}

function subcommandBlocks(command: string, all: readonly Subcommand[]): KnownBlock[] {
  const placed = new Set(GROUPS.flatMap(([, names]) => names));
  const groups = GROUPS.map(([title, names]): [string, readonly Subcommand[]] => [
    title,
    names.flatMap((name) => all.filter((one) => one.name === name)),
  ]);
  const rest = all.filter(({ name }) => !placed.has(name));
  return [...groups, [LAST_GROUP, rest] as const].flatMap(([title, members]) =>
    members.length === 0 ? [] : [section(`*${title}*\n${members.map((one) => lineOf(command, one)).join('\n')}`)],
  );
}

function lineOf(command: string, { name, usage, summary }: Subcommand): string {
  return `\`${command} ${name}${usage === '' ? '' : ` ${usage}`}\`  ${summary}`;
}
