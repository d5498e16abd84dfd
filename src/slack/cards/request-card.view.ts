import type { KnownBlock } from '@slack/web-api';
import { ACTIONS } from '../action-ids.js';
import { costWords, takenWords } from '../request/takes-lines.js';
import { runButtons } from '../runs/run-buttons.js';
import { type ButtonWish, buttons, context, fields, fitting, header, section } from '../text/blocks.js';
import {
  code,
  dateWords,
  escape,
  hoursWords,
  mention,
  mentions,
  nameWords,
  sentenceOf,
  timeWords,
  valueWords,
  withMentions,
} from '../text/mrkdwn.js';
import { voterWords } from './approval-progress.view.js';
import type { CardMessage } from './card-source.js';
import type { RequestState } from './request-state.js';
import { doneAt, stepLines } from './step-lines.js';
import { followsWords } from './succession.view.js';

/** Where a request stands, seen with the resource it made. */
export type RequestPhase =
  | 'awaiting-approval'
  | 'provisioning'
  | 'halted'
  | 'ready'
  | 'failed'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'destroying'
  | 'destroyed'
  | 'destroy-failed';

export const PHASES: Readonly<Record<RequestPhase, { icon: string; words: string }>> = {
  'awaiting-approval': { icon: '⏳', words: 'Waiting for approval' },
  provisioning: { icon: '🔄', words: 'Being made' },
  halted: { icon: '⏸️', words: 'Stopped half-way, kept for inspection' },
  ready: { icon: '🟢', words: 'Ready' },
  failed: { icon: '❌', words: 'Failed' },
  denied: { icon: '⛔', words: 'Denied' },
  expired: { icon: '⌛', words: 'Expired' },
  cancelled: { icon: '🚫', words: 'Cancelled' },
  destroying: { icon: '🔄', words: 'Being destroyed' },
  destroyed: { icon: '⚫', words: 'Destroyed' },
  'destroy-failed': { icon: '⚠️', words: 'Could not be destroyed' },
};

/** Nothing has this request's resource id yet, nor ever will. */
const UNMADE: ReadonlySet<RequestPhase> = new Set(['awaiting-approval', 'denied', 'expired', 'cancelled']);

export function phaseOf({ request, resource }: Pick<RequestState, 'request' | 'resource'>): RequestPhase {
  if (request.state !== 'ready' || resource === null) return request.state;
  const { state } = resource;
  return state === 'destroying' || state === 'destroyed' || state === 'destroy-failed' ? state : 'ready';
}

/** The one message about a request, from the wish to the teardown. */
export function requestCard(state: RequestState): CardMessage {
  const { request, resource, itemTitle } = state;
  const phase = phaseOf(state);
  const { icon, words } = PHASES[phase];
  const title = resource?.title ?? itemTitle;
  return {
    text: `${words}: ${escape(itemTitle, 200)} ${escape(title, 200)}, requested by ${mention(request.requesterId)}`,
    blocks: fitting([
      header(`${icon} ${title}`),
      factsOf(state, phase),
      ...follows(state),
      ...(request.reason === '' ? [] : [section(`*Why*\n${escape(request.reason, 1000)}`)]),
      ...phaseBlocks(state, phase),
      ...buttons('request_actions', buttonsOf(state, phase)),
      context(
        `${code(request.id)} · requested ${dateWords(request.createdAt)} · ${code(`${request.itemName} ${request.itemVersion}`)} · trace ${code(request.traceId)}`,
      ),
    ]),
  };
}

function factsOf({ request, teamTitle, itemTitle, resource }: RequestState, phase: RequestPhase): KnownBlock {
  const { icon, words } = PHASES[phase];
  const ends = resource?.leaseEndsAt;
  const lease =
    phase === 'ready' && ends !== null && ends !== undefined
      ? `ends ${dateWords(ends)}`
      : hoursWords(request.leaseHours);
  const cost = costWords(request.plan);
  const takes = takenWords(request.plan.quota);
  return fields([
    ['State', `${icon} ${words}`],
    ['What', escape(itemTitle)],
    ['For', `${escape(teamTitle)}, ${escape(request.environment)}`],
    ['Requested by', mention(request.requesterId)],
    ['Lease', lease],
    ...(UNMADE.has(phase) ? [] : [['Resource', code(request.resourceId)] as const]),
    ...(cost === null ? [] : [['Cost', cost] as const]),
    ...(takes === null ? [] : [['Takes', takes] as const]),
  ]);
}

function phaseBlocks(state: RequestState, phase: RequestPhase): KnownBlock[] {
  switch (phase) {
    case 'awaiting-approval':
      return [waiting(state)];
    case 'provisioning':
      return [...approvedBy(state), ...turn(state), ...steps(state), ...timing(state)];
    case 'ready':
      return [...approvedBy(state), ...reach(state)];
    case 'halted':
    case 'failed':
      return [...steps(state), ...failure(state), ...continued(state, 'Asked again as')];
    case 'denied':
    case 'expired':
      return [...failure(state), ...continued(state, 'Asked again as')];
    case 'cancelled':
      if (state.run !== null) return [...steps(state), ...failure(state), ...continued(state, 'Asked again as')];
      return state.successor === null
        ? [section('The request was withdrawn before anything was made.')]
        : continued(state, 'It was changed before anything was made, and goes on as');
    case 'destroying':
    case 'destroy-failed':
      return [...why(state), ...steps(state)];
    case 'destroyed':
      return [...why(state), ...gone(state)];
  }
}

function waiting({ approval, request }: RequestState): KnownBlock {
  const need = approval?.need ?? request.plan.decision.approval;
  const until = approval === null ? '' : `, until ${dateWords(approval.expiresAt)}`;
  const yes = (approval?.votes ?? []).filter((vote) => vote.choice === 'yes').map((vote) => vote.personId);
  const votes = yes.length === 0 ? '' : `\nApproved so far by ${mentions(yes)}.`;
  return section(
    `Waits for *${escape(need?.describe ?? 'an approval')}*${until}. Nothing is made before they agree.${votes}`,
  );
}

function approvedBy({ approval }: RequestState): KnownBlock[] {
  if (approval?.state !== 'approved') return [];
  const votes = approval.votes.filter(
    ({ choice, personId }) => choice === 'yes' && approval.decidedBy.includes(personId),
  );
  return [
    context(`✅ Approved by ${votes.length === 0 ? mentions(approval.decidedBy) : votes.map(voterWords).join(', ')}`),
  ];
}

function follows({ request, before, labels }: RequestState): KnownBlock[] {
  return before === null ? [] : [section(followsWords(request, before, labels))];
}

function continued({ successor }: RequestState, how: string): KnownBlock[] {
  return successor === null ? [] : [section(`🔁 ${how} ${code(successor.id)}.`)];
}

function steps({ run }: RequestState): KnownBlock[] {
  return run === null ? [] : [section(stepLines(run))];
}

/** When it is done, or that it is being stopped. */
function timing({ run }: RequestState): KnownBlock[] {
  if (run === null) return [];
  if (run.cancelledBy !== null) return [context(`🛑 Being stopped, as ${mention(run.cancelledBy)} asked.`)];
  const at = run.kind === 'apply' ? doneAt(run) : null;
  return at === null ? [] : [context(`⏱️ Usually done at about ${timeWords(at)}`)];
}

function turn({ run }: RequestState): KnownBlock[] {
  return run?.state === 'waiting' ? [context('⏳ Begins as soon as a run of the team is free.')] : [];
}

function reach({ resource }: RequestState): KnownBlock[] {
  const outputs = Object.entries(resource?.outputs ?? {});
  const pairs = outputs.map(([name, value]) => [nameWords(name), valueWords(value)] as const);
  const how =
    resource?.secretRef == null
      ? []
      : [context('🔑 The password is not in Slack. *Show me how* gives its requester a way to fetch it, once.')];
  return [...(pairs.length === 0 ? [] : [fields(pairs)]), ...how];
}

function failure({ request: { failure: why } }: RequestState): KnownBlock[] {
  if (why === null) return [];
  const step = why.step === null ? '' : `*Step “${escape(why.step, 200)}”*\n`;
  return [
    section(`${step}${withMentions(escape(why.what, 1200))}`),
    context(escape(why.undone, 600)),
    context(`👉 ${escape(why.next, 600)}`),
  ];
}

function why({ resource }: RequestState): KnownBlock[] {
  const reason = resource?.destroyReason;
  return reason === null || reason === undefined || reason === '' ? [] : [section(escape(sentenceOf(reason), 600))];
}

function gone({ resource }: RequestState): KnownBlock[] {
  const at = resource?.destroyedAt;
  return at === null || at === undefined ? [] : [context(`Gone since ${dateWords(at)}, with its credentials.`)];
}

function buttonsOf({ request, resource, successor }: RequestState, phase: RequestPhase): ButtonWish[] {
  const title = resource?.title ?? request.itemName;
  const id = request.resourceId;
  const destroy: ButtonWish = {
    action: ACTIONS.destroy,
    label: 'Destroy',
    says: `Destroy ${title}`,
    value: id,
    style: 'danger',
  };
  const underWay = runButtons({ id: request.id, title, isFollowed: successor !== null }, phase);
  if (underWay !== null) return underWay;
  if (phase === 'destroy-failed') return [{ ...destroy, label: 'Try again' }];
  if (phase !== 'ready') return [];
  const how: ButtonWish = {
    action: ACTIONS.showHow,
    label: 'Show me how',
    says: `Show me how to fetch the credentials of ${title}`,
    value: id,
    style: 'primary',
  };
  return [
    ...(resource?.secretRef == null ? [] : [how]),
    { action: ACTIONS.extend, label: 'Extend', says: `Extend the lease of ${title}`, value: id },
    {
      action: ACTIONS.showResource,
      label: 'More',
      says: `Whether ${title} was changed, and what can be done to it`,
      value: id,
    },
    { action: ACTIONS.fullLog, label: 'Full log', says: `The full log of ${title}`, value: request.id },
    destroy,
  ];
}
