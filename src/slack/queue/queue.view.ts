import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Holder } from '../../quotas/index.js';
import { isQueueable, type Plan, type QueuePlace } from '../../requests/index.js';
import { ACTIONS } from '../action-ids.js';
import { button, buttons, context, header, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain } from '../text/mrkdwn.js';

const MOST_RELEASES = 5;

type TeamTitle = (teamId: string) => string;

/** What somebody may do about a plan that is refused for want of quota: release something of their own, or queue. None otherwise. */
export function wayOutBlocks(
  plan: Pick<Plan, 'decision' | 'quota'>,
  draftId: string,
  personId: string | undefined,
): KnownBlock[] {
  const holders = new Map(plan.quota.flatMap((line) => line.holders.map((holder) => [holder.id, holder] as const)));
  if (holders.size === 0) return [];
  const own = [...holders.values()].filter(({ ownerId }) => ownerId === personId).slice(0, MOST_RELEASES);
  const others = [...holders.values()].filter(({ ownerId }) => ownerId !== personId);
  return [
    header('What you can do'),
    ...own.map(ownBlock),
    ...(others.length === 0
      ? []
      : [
          context(
            `Ask for one of these back: ${others.map(({ title, ownerId }) => `${escape(title, 100)} of ${mention(ownerId)}`).join(', ')}`,
          ),
        ]),
    ...(isQueueable(plan) ? queueBlocks(draftId) : []),
  ];
}

function ownBlock({ id, title }: Holder): KnownBlock {
  return section(
    `*${escape(title, 200)}* is yours.`,
    button({
      action: ACTIONS.releaseHolder,
      label: 'Release…',
      says: `Release ${title}: destroy it`,
      value: id,
      style: 'danger',
    }),
  );
}

function queueBlocks(draftId: string): KnownBlock[] {
  return [
    section(
      'Or wait: it is sent by itself, in its turn, when enough was returned. You may leave the queue at any time.',
    ),
    ...buttons('queue_actions', [
      {
        action: ACTIONS.joinQueue,
        label: 'Queue it',
        says: 'Wait in the queue until enough is returned',
        value: draftId,
        style: 'primary',
      },
    ]),
  ];
}

/** In place of the plan, once it is in the queue. */
export function queuedModal(place: QueuePlace, command: string, teamTitle: TeamTitle): ModalView {
  return {
    type: 'modal',
    callback_id: 'queued',
    title: plain('In the queue', 24),
    close: plain('Close', 24),
    blocks: [
      ...placeBlocks([place], teamTitle),
      context(`You get a message when it is sent. ${code(`${command} status`)} shows your place.`),
    ],
  };
}

/** For `/qm status`: each with the way out of the queue. */
export function placeBlocks(places: readonly QueuePlace[], teamTitle: TeamTitle): KnownBlock[] {
  return places.map((place) => {
    const { id, title, state } = place.queued;
    const leave = {
      action: ACTIONS.leaveQueue,
      label: 'Leave the queue',
      says: `Leave the queue for ${title}`,
      value: id,
    };
    return section(placeWords(place, teamTitle), state === 'waiting' ? button(leave) : undefined);
  });
}

function placeWords({ queued, ahead }: QueuePlace, teamTitle: TeamTitle): string {
  const { id, title, teamId, environment, createdAt, wants, state, expiresAt } = queued;
  const wanted = Object.entries(wants)
    .map(([unit, amount]) => `${escape(unit, 60)}: ${amount}`)
    .join(', ');
  const until = state === 'waiting' ? `, at most until ${dateWords(expiresAt)}` : '';
  return [
    `${stateWords(queued, ahead)} *${escape(title, 200)}*`,
    `${escape(teamTitle(teamId), 100)}, ${escape(environment)} · takes ${wanted}`,
    `Since ${dateWords(createdAt)}${until} · ${code(id)}`,
  ].join('\n');
}

function stateWords({ state, requestId, outcome }: QueuePlace['queued'], ahead: number): string {
  switch (state) {
    case 'waiting':
      return `⏳ Number ${ahead + 1} in the queue:`;
    case 'opening':
      return '🔄 Being sent from the queue:';
    case 'opened':
      return `✅ Sent from the queue as ${code(requestId ?? '')}:`;
    case 'cancelled':
      return '🚫 Left the queue:';
    case 'expired':
    case 'refused':
      return `⛔ Not sent from the queue. ${escape(outcome ?? '', 600)}`;
  }
}
