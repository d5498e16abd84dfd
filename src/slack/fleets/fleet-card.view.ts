import type { KnownBlock } from '@slack/web-api';
import type { Fleet, FleetMember } from '../../lifecycle/index.js';
import { ACTIONS } from '../action-ids.js';
import type { CardMessage } from '../cards/card-source.js';
import { type ButtonWish, buttons, context, fields, fitting, header, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain, withMentions } from '../text/mrkdwn.js';

const STATES: Readonly<Record<Fleet['state'], { icon: string; words: string }>> = {
  running: { icon: '🔄', words: 'under way' },
  paused: { icon: '⏸️', words: 'paused' },
  stopped: { icon: '⏹️', words: 'stopped' },
  done: { icon: '✅', words: 'done' },
};
const MEMBERS: Readonly<Record<FleetMember['state'], { icon: string; label: string }>> = {
  done: { icon: '✅', label: 'Upgraded' },
  'under-way': { icon: '🔄', label: 'Under way' },
  waiting: { icon: '▫️', label: 'To come' },
  failed: { icon: '❌', label: 'Failed' },
  pinned: { icon: '📌', label: 'Put off' },
  skipped: { icon: '⛔', label: 'Left out' },
};
const SAID: readonly FleetMember['state'][] = ['failed', 'under-way', 'pinned', 'skipped'];
const MOST_WAVES = 15;

type TeamTitle = (teamId: string) => string;

/** All of an item on the way to a newer version, wave after wave, and who stands aside. */
export function fleetCard(fleet: Fleet, members: readonly FleetMember[], teamTitle: TeamTitle): CardMessage {
  const { icon, words } = STATES[fleet.state];
  const title = `${fleet.itemTitle} to ${fleet.itemVersion}`;
  const because = fleet.pausedBecause === null ? [] : [section(`⏸️ ${withMentions(escape(fleet.pausedBecause, 1500))}`)];
  return {
    text: `Upgrade of ${escape(title, 200)}: ${words}`,
    blocks: fitting([
      header(`${icon} Upgrade of ${title}`),
      section(
        `*${words}* · wave ${fleet.wave} of ${fleet.waves} · started by ${mention(fleet.personId)}${fleet.reason === '' ? '' : `\n${escape(fleet.reason, 500)}`}`,
      ),
      ...because,
      fields(counts(members)),
      section(`*Waves*\n${lines(waveLines(fleet, members), 'more waves', 2000)}`),
      ...memberBlocks(members, teamTitle),
      ...controls(fleet, members),
      context(
        `${code(fleet.id)} · begun ${dateWords(fleet.createdAt)}${fleet.endedAt === null ? '' : ` · ended ${dateWords(fleet.endedAt)}`} · trace ${code(fleet.traceId)}`,
      ),
    ]),
  };
}

function counts(members: readonly FleetMember[]): [string, string][] {
  return Object.entries(MEMBERS).flatMap(([state, { label }]): [string, string][] => {
    const count = members.filter((member) => member.state === state).length;
    return count === 0 && state !== 'done' ? [] : [[label, `${count} of ${members.length}`]];
  });
}

function waveLines({ waves }: Fleet, members: readonly FleetMember[]): string[] {
  const all = Array.from({ length: waves }, (_, index) => index + 1).slice(0, MOST_WAVES);
  return all.map((wave) => {
    const own = members.filter((member) => member.wave === wave);
    const environment = own[0]?.environment ?? '';
    const states = Object.entries(MEMBERS).flatMap(([state, { icon }]) => {
      const count = own.filter((member) => member.state === state).length;
      return count === 0 ? [] : [`${icon} ${count}`];
    });
    return `${wave} · ${escape(environment)} · ${states.join('  ')}`;
  });
}

function memberBlocks(members: readonly FleetMember[], teamTitle: TeamTitle): KnownBlock[] {
  const said = SAID.flatMap((state) => members.filter((member) => member.state === state));
  if (said.length === 0) return [];
  const all = said.map(({ state, title, ownerId, teamId, environment, detail, operation }) => {
    const waits = operation?.state === 'awaiting-approval' && state === 'under-way' ? ' · waits for an approval' : '';
    const why = detail === null ? '' : `: ${withMentions(escape(detail, 250))}`;
    return `${MEMBERS[state].icon} *${escape(title, 100)}* · ${escape(teamTitle(teamId), 100)}, ${escape(environment)} · ${mention(ownerId)}${waits}${why}`;
  });
  return [section(lines(all, 'more', 2800))];
}

function controls({ id, state, itemTitle }: Fleet, members: readonly FleetMember[]): KnownBlock[] {
  if (state !== 'running' && state !== 'paused') return [];
  const stop: ButtonWish = {
    action: ACTIONS.stopFleet,
    label: 'Stop',
    says: `Stop the upgrade of ${itemTitle}`,
    value: id,
    style: 'danger',
    confirm: {
      title: plain('Stop the upgrade', 100),
      text: plain('What is under way comes to its end; nothing more is begun. What was upgraded stays so.', 300),
      confirm: plain('Stop', 30),
      deny: plain('Go on', 30),
    },
  };
  if (state === 'running') return buttons(`fleet_${id}`, [stop]);
  const resume: ButtonWish = {
    action: ACTIONS.resumeFleet,
    label: 'Resume',
    says: `Go on with the upgrade of ${itemTitle}, and try again what failed`,
    value: id,
    style: 'primary',
  };
  const without: ButtonWish = {
    action: ACTIONS.resumeWithout,
    label: 'Resume without what failed',
    says: `Go on with the upgrade of ${itemTitle} and leave what failed as it is`,
    value: id,
  };
  const failed = members.some((member) => member.state === 'failed');
  return buttons(`fleet_${id}`, [resume, ...(failed ? [without] : []), stop]);
}
