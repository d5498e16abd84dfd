import type { KnownBlock, ModalView } from '@slack/web-api';
import type { CatalogItem } from '../../catalog/index.js';
import type { FleetOutlook } from '../../lifecycle/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, fitting, header, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain } from '../text/mrkdwn.js';

export const SIZES = { block: 'sizes', action: 'value' } as const;
export const WHY = { block: 'reason', action: 'value' } as const;
const USUAL = '1, 10 %, rest';
const DECISIONS = {
  allow: '',
  deny: ' · ⛔ you may not upgrade it',
  'needs-approval': ' · ⏳ waits for an approval',
} as const;

/** Items of which not everything is of the newest version. */
export function behindWords(behind: readonly { item: CatalogItem; count: number }[], command: string): Words {
  if (behind.length === 0)
    return { text: 'Everything of the items you look after is of its newest version, or you look after none.' };
  const all = behind.map(
    ({ item, count }) =>
      `• *${escape(item.title, 100)}* · ${count} not yet of ${escape(item.version, 40)} · ${code(`${command} upgrades ${item.name}`)}`,
  );
  return { text: 'Not of the newest version', blocks: [section(`*Not of the newest version*\n${lines(all)}`)] };
}

/** What a newer version affects, by team, with how much is different and who put it off. */
export function outlookWords({ item, affected, open }: FleetOutlook, teamTitle: (teamId: string) => string): Words {
  const { title, version, name } = item;
  if (affected.length === 0)
    return {
      text: `Everything made by ${escape(title, 100)} is of ${escape(version, 40)}. There is nothing to upgrade.`,
    };
  const teams = [...new Set(affected.map(({ teamId }) => teamId))];
  const blocks = teams.map((team) => {
    const own = affected.filter(({ teamId }) => teamId === team);
    return section(`*${escape(teamTitle(team), 100)}* · ${own.length}\n${lines(own.map(lineOf), 'more', 2500)}`);
  });
  const head = `${affected.length} of ${title} ${affected.length === 1 ? 'is' : 'are'} not of ${version}`;
  return { text: escape(head, 200), blocks: fitting([header(`⬆️ ${head}`), ...blocks, ...footer(name, title, open)]) };
}

function lineOf(one: FleetOutlook['affected'][number]): string {
  const { title, environment, ownerId, itemVersion, lines: size, pin, decision } = one;
  const difference = size === null ? 'the old version is not known any more' : `${size} lines different`;
  const pinned =
    pin === null
      ? ''
      : `\n      📌 put off until ${dateWords(pin.until)} by ${mention(pin.personId)}: ${escape(pin.reason, 200)}`;
  return `• *${escape(title, 100)}* · ${escape(environment)} · ${mention(ownerId)} · ${escape(itemVersion, 40)}, ${difference}${DECISIONS[decision.outcome]}${pinned}`;
}

function footer(name: string, title: string, open: FleetOutlook['open']): KnownBlock[] {
  if (open !== null)
    return [
      context(
        `It is being upgraded in waves already, to ${escape(open.itemVersion, 40)}: ${code(open.id)} in the channel of its team.`,
      ),
    ];
  return buttons(`fleet_${name}`, [
    {
      action: ACTIONS.startFleet,
      label: 'Start in waves…',
      says: `Upgrade all of ${title} in waves`,
      value: name,
      style: 'primary',
    },
  ]);
}

/** How big the waves are, and why. */
export function startModal({ item, affected }: FleetOutlook): ModalView {
  const pinned = affected.filter(({ pin }) => pin !== null).length;
  return {
    type: 'modal',
    callback_id: CALLBACKS.startFleet,
    private_metadata: JSON.stringify({ item: item.name, digest: item.digest }),
    title: plain('Upgrade in waves', 24),
    submit: plain('Start', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `*${escape(item.title, 200)}* to *${escape(item.version, 40)}*: ${affected.length} resources${pinned === 0 ? '' : `, ${pinned} of them put off by their owners`}. Each is an upgrade of its own, with its rules and approvals. A wave begins when the one before is done; the first failure pauses all of it. Owners are told what changes, and may put theirs off.`,
      ),
      {
        type: 'input',
        block_id: SIZES.block,
        label: plain('Sizes of the waves', 100),
        hint: plain(
          'Numbers, percent, and “rest”. Development comes before staging before production, whatever the sizes.',
          300,
        ),
        element: { type: 'plain_text_input', action_id: SIZES.action, initial_value: USUAL, max_length: 100 },
      },
      {
        type: 'input',
        block_id: WHY.block,
        optional: true,
        label: plain('Why?', 100),
        hint: plain('Owners and approvers read this.', 200),
        element: { type: 'plain_text_input', action_id: WHY.action, multiline: true, max_length: 500 },
      },
    ],
  };
}
