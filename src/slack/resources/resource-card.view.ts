import type { ConfirmationDialog, KnownBlock } from '@slack/web-api';
import {
  type Difference,
  type Drift,
  differenceWords,
  type OperationRun,
  type ResourceLife,
} from '../../lifecycle/index.js';
import { ACTIONS, OPERATE } from '../action-ids.js';
import type { CardMessage } from '../cards/card-source.js';
import { allowAgain, notNow, pinBlocks } from '../fleets/pin.view.js';
import { type ButtonWish, buttons, context, fields, fitting, header, lines, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, nameWords, plain, valueWords, withMentions } from '../text/mrkdwn.js';
import { STATES } from './resources.view.js';
import { scheduleBlocks } from './schedules.view.js';

const RUNS: Readonly<Record<OperationRun['state'], { icon: string; words: string }>> = {
  'awaiting-approval': { icon: '⏳', words: 'waits for an approval' },
  waiting: { icon: '🔄', words: 'is about to begin' },
  running: { icon: '🔄', words: 'is being done' },
  done: { icon: '✅', words: 'done' },
  failed: { icon: '❌', words: 'failed' },
  denied: { icon: '⛔', words: 'denied' },
  expired: { icon: '⌛', words: 'not approved in time' },
};
const UNDER_WAY: ReadonlySet<OperationRun['state']> = new Set(['awaiting-approval', 'waiting', 'running']);
const MOST_OPERATIONS = OPERATE.length;

/** How a living resource is, what was done to it, and what can be. */
export function resourceCard(life: ResourceLife, teamTitle: string, now: Date): CardMessage {
  const { resource, drift } = life;
  const { icon, words } =
    isDrifted(drift) && resource.state === 'active' ? driftHead(drift, now) : STATES[resource.state];
  return {
    text: `${escape(resource.title, 200)}: ${words}`,
    blocks: fitting([
      header(`${icon} ${resource.title}`),
      fields([
        ['State', `${icon} ${words}`],
        ['For', `${escape(teamTitle)}, ${escape(resource.environment)}`],
        ['Owner', mention(resource.ownerId)],
        ['Lease', resource.leaseEndsAt === null ? 'not begun' : `ends ${dateWords(resource.leaseEndsAt)}`],
      ]),
      ...(resource.state === 'active' ? driftBlocks(drift, now) : []),
      ...dependencyBlocks(life),
      ...(resource.state === 'active' ? scheduleBlocks(life, now) : []),
      ...latelyBlocks(life.lately),
      ...pinBlocks(life.pin),
      ...(resource.state === 'active' ? actionBlocks(life) : []),
      context(`${code(resource.id)} · ${code(`${resource.itemName} ${resource.itemVersion}`)}`),
    ]),
  };
}

function isDrifted(drift: Drift | null): drift is Drift {
  return drift !== null && drift.differences.length > 0;
}

function driftHead(drift: Drift, now: Date): { icon: string; words: string } {
  if (isIgnored(drift, now)) return { icon: '🔕', words: 'not as it was made, ignored for now' };
  return drift.state === 'missing'
    ? { icon: '❗', words: 'something of it is missing' }
    : { icon: '⚠️', words: 'not as it was made' };
}

function isIgnored({ ignoredUntil }: Drift, now: Date): boolean {
  return ignoredUntil !== null && ignoredUntil > now;
}

function driftBlocks(drift: Drift | null, now: Date): KnownBlock[] {
  if (drift === null || (drift.checkedAt === null && drift.failure === null))
    return [context('🔍 Not looked at yet. It is compared with what was made about once an hour.')];
  const { differences, since, checkedAt, failure, ignoredUntil, ignoredBy } = drift;
  const unread =
    failure === null
      ? []
      : [
          context(
            `❓ It could not be looked at the last time: ${escape(failure, 600)} That says nothing about whether it was changed.`,
          ),
        ];
  if (checkedAt === null) return unread;
  if (differences.length === 0) return [...unread, context(`✅ As it was made; looked at ${dateWords(checkedAt)}.`)];
  const found = lines(differences.map(differenceLine), 'more differences', 2500);
  const ignored =
    isIgnored(drift, now) && ignoredUntil !== null
      ? [
          context(
            `🔕 Ignored until ${dateWords(ignoredUntil)}${ignoredBy === null ? '' : `, by ${mention(ignoredBy)}`}. Other differences are told.`,
          ),
        ]
      : [];
  return [
    section(`*Changed behind Quartermaster’s back*\n${found}`),
    context(`${since === null ? '' : `First seen ${dateWords(since)} · `}looked at ${dateWords(checkedAt)}`),
    ...ignored,
    ...unread,
  ];
}

function differenceLine(difference: Difference): string {
  const icon = difference.fact === null ? '❗ Missing:' : '✏️';
  return `${icon} ${escape(differenceWords(difference), 300)} _(${escape(difference.step, 150)})_`;
}

function dependencyBlocks({ standsOn, dependents }: ResourceLife): KnownBlock[] {
  const named = (resources: ResourceLife['dependents']): string =>
    lines(
      resources.map(({ title, state, id }) => `${STATES[state].icon} ${escape(title, 150)} ${code(id)}`),
      'more',
      1000,
    );
  return [
    ...(standsOn.length === 0 ? [] : [section(`🔗 *It stands on*\n${named(standsOn)}`)]),
    ...(dependents.length === 0 ? [] : [section(`🔗 *On it stand*\n${named(dependents)}`)]),
  ];
}

function latelyBlocks(lately: readonly OperationRun[]): KnownBlock[] {
  if (lately.length === 0) return [];
  const all = lately.map(({ state, title, personId, createdAt, failure, outputs }) => {
    const { icon, words } = RUNS[state];
    const given = Object.entries(outputs).map(
      ([name, value]) => `${nameWords(name).toLowerCase()} ${valueWords(value)}`,
    );
    const why = failure === null ? '' : `\n      ${withMentions(escape(failure, 500))}`;
    return `${icon} *${escape(title, 100)}* · ${words} · by ${mention(personId)}, ${dateWords(createdAt)}${given.length === 0 ? '' : `\n      ${given.join(', ')}`}${why}`;
  });
  return [section(`*Done to it lately*\n${lines(all, 'more', 2500)}`)];
}

function actionBlocks({ resource: { id, title }, drift, operations, lately, newer, pin }: ResourceLife): KnownBlock[] {
  const isBusy = lately.some(({ state }) => UNDER_WAY.has(state));
  const check: ButtonWish = {
    action: ACTIONS.checkNow,
    label: 'Check now',
    says: `Check now whether ${title} was changed`,
    value: id,
  };
  const decisions = isDrifted(drift) && !isBusy ? decisionButtons(id, title, drift) : [];
  const wishes = isBusy
    ? []
    : operations.slice(0, MOST_OPERATIONS).map(
        (operation, index): ButtonWish => ({
          action: OPERATE[index] ?? OPERATE[0],
          label: `${operation.title}…`,
          says: `${operation.title} of ${title}`,
          value: `${id}/${operation.name}`,
        }),
      );
  const upgrade: ButtonWish[] =
    isBusy || newer === null
      ? []
      : [
          {
            action: ACTIONS.compareVersions,
            label: `Upgrade to ${newer}…`,
            says: `Look at what ${newer} would change for ${title}`,
            value: id,
          },
          pin === null ? notNow(id, title) : allowAgain(id, title),
        ];
  const cancel: ButtonWish[] = isBusy ? [cancelButton(id, title)] : [];
  return [...buttons(`life_${id}`, [...decisions, check, ...upgrade, ...cancel]), ...buttons(`operate_${id}`, wishes)];
}

function cancelButton(value: string, title: string): ButtonWish {
  return {
    action: ACTIONS.cancelOperation,
    label: 'Cancel',
    says: `Cancel what is being done to ${title}`,
    value,
    confirm: {
      title: plain('Are you sure?', 100),
      text: plain('What was changed so far is undone.', 300),
      confirm: plain('Cancel it', 30),
      deny: plain('Not now', 30),
    },
  };
}

function decisionButtons(value: string, title: string, { state, differences }: Drift): ButtonWish[] {
  const isMissing = state === 'missing';
  const reconcile: ButtonWish = {
    action: ACTIONS.reconcile,
    label: 'Reconcile',
    says: `Make ${title} again as it should be`,
    value,
    style: 'primary',
    confirm: confirmation(isMissing),
  };
  const accept: ButtonWish = {
    action: ACTIONS.acceptDrift,
    label: 'Accept…',
    says: `Accept what was changed of ${title}`,
    value,
  };
  const ignore: ButtonWish = {
    action: ACTIONS.ignoreDrift,
    label: 'Ignore until…',
    says: `Ignore the differences of ${title} for a while`,
    value,
  };
  const mends = differences.every(({ mends: can }) => can);
  return [...(mends ? [reconcile] : []), ...(isMissing ? [] : [accept]), ignore];
}

function confirmation(isMissing: boolean): ConfirmationDialog {
  const text = isMissing
    ? 'What is missing is made again, empty: what was in it does not come back.'
    : 'What was changed is put back as it should be.';
  return {
    title: plain('Reconcile', 100),
    text: plain(text, 300),
    confirm: plain('Reconcile', 30),
    deny: plain('Leave it', 30),
  };
}
