import type { KnownBlock } from '@slack/web-api';
import type { Approval, ApprovalState, Vote } from '../../approvals/index.js';
import { isGivenSecret } from '../../secrets/index.js';
import { ACTIONS } from '../action-ids.js';
import { changeLines } from '../request/plan-lines.js';
import { takesLines } from '../request/takes-lines.js';
import { type ButtonWish, buttons, context, fields, fitting, header, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, mentions } from '../text/mrkdwn.js';
import { type ApprovalProgress, peopleNotes, progressLines, voterWords } from './approval-progress.view.js';
import type { CardMessage } from './card-source.js';
import type { RequestState } from './request-state.js';
import { givenLine, isEmpty, labelWords, shownValue, successionWords } from './succession.view.js';

export interface ApprovalView {
  readonly approval: Approval;
  /** Null when it is settled. */
  readonly progress: ApprovalProgress | null;
  /** What it is about, if it is a request. */
  readonly about: RequestState | null;
  /** Whose copy this is; null for the card that all see, and that reactions are counted from. */
  readonly reader: string | null;
}

const DIGEST_SHOWN = 12;
const OUTCOMES: Readonly<Record<Exclude<ApprovalState, 'waiting'>, { icon: string; words: string }>> = {
  approved: { icon: '✅', words: 'Approved' },
  denied: { icon: '⛔', words: 'Denied' },
  expired: { icon: '⌛', words: 'Expired: not enough votes in time' },
  cancelled: { icon: '🚫', words: 'Withdrawn' },
};

/** Asks those who may vote, on the one message that their reactions are counted from. */
export function approvalCard(view: ApprovalView): CardMessage {
  const { approval, progress } = view;
  const { state } = approval;
  const isWaiting = state === 'waiting';
  const head = isWaiting ? '🗳️ Approval wanted' : `${OUTCOMES[state].icon} ${OUTCOMES[state].words}`;
  return {
    text: `${isWaiting ? 'Approval wanted' : OUTCOMES[state].words}: ${escape(approval.title, 200)}, asked by ${mention(approval.requesterId)}`,
    blocks: fitting([
      header(`${head}: ${nameOf(approval)}`),
      ...detailsOf(approval),
      factsOf(view),
      ...succession(view),
      ...aboutOf(view),
      ...(progress === null ? settled(approval) : waiting(view, progress)),
      context(
        `${code(approval.id)} · about ${code(approval.subject.id)} · plan ${code(shortDigest(approval.digest))} · trace ${code(approval.traceId)}`,
      ),
    ]),
  };
}

/** What a title says after its first colon is for reading in full, not for a heading that is cut off. */
function nameOf({ title }: Pick<Approval, 'title'>): string {
  return title.split(': ', 1)[0] ?? title;
}

function detailsOf(approval: Approval): KnownBlock[] {
  const details = approval.title.slice(nameOf(approval).length + 2);
  return details === '' ? [] : [section(escape(details, 2000))];
}

function factsOf({ approval, about }: ApprovalView): KnownBlock {
  return fields([
    ['Asked by', mention(approval.requesterId)],
    ['Wanted', escape(approval.need.describe)],
    ...(about === null ? [] : [['For', `${escape(about.teamTitle)}, ${escape(about.request.environment)}`] as const]),
    [
      approval.state === 'waiting' ? 'Expires' : 'Asked',
      dateWords(approval.state === 'waiting' ? approval.expiresAt : approval.createdAt),
    ],
  ]);
}

function succession({ about }: ApprovalView): KnownBlock[] {
  return about?.before == null ? [] : [section(successionWords(about.request, about.before, about.labels))];
}

function aboutOf({ about }: ApprovalView): KnownBlock[] {
  if (about === null) return [];
  const { request, itemTitle, labels } = about;
  const takes = takesLines(request.plan);
  const given = Object.entries(request.parameters)
    .filter(([, value]) => !isEmpty(value))
    .map(([name, value]) =>
      isGivenSecret(value) ? givenLine(name, labels) : `• ${labelWords(name, labels)}: ${code(shownValue(value))}`,
    );
  return [
    ...(request.reason === '' ? [] : [section(`*Why*\n${escape(request.reason, 1000)}`)]),
    section([`*${escape(itemTitle)}*`, ...given].join('\n')),
    section(`*What will happen*\n${changeLines(request.plan.changes)}`),
    ...(takes === null ? [] : [section(`*What it takes and costs*\n${takes}`)]),
  ];
}

function waiting({ approval, reader }: ApprovalView, progress: ApprovalProgress): KnownBlock[] {
  return [
    section(progressLines(approval, progress)),
    ...(reader === null ? forAll(approval) : forOne(approval, progress, reader)),
    context(peopleNotes(approval, progress).join(' · ')),
  ];
}

function forAll(approval: Approval): KnownBlock[] {
  return [
    ...buttons('approval_actions', voteButtons(approval)),
    context('React with ✅ or ❌ on this message, or press a button. A vote can be taken back until it is decided.'),
  ];
}

/** Only what this person can do now. */
function forOne(approval: Approval, progress: ApprovalProgress, reader: string): KnownBlock[] {
  const own = progress.standing.counted.find(({ personId }) => personId === reader);
  if (own !== undefined)
    return [section('You have approved this.'), ...buttons('approval_actions', votedButtons(approval, own.via))];
  if (progress.asked.includes(reader))
    return [
      ...buttons('approval_actions', voteButtons(approval)),
      context('Reactions count on the card in the channel only; here, press a button.'),
    ];
  return [context('You are not asked at the moment.')];
}

/** A reaction is taken back by taking it off. */
function votedButtons(approval: Approval, via: Vote['via']): ButtonWish[] {
  const { id } = approval;
  const title = nameOf(approval);
  const takeBack = {
    action: ACTIONS.takeVoteBack,
    label: 'Take my vote back',
    says: `Take my vote on ${title} back`,
    value: id,
  };
  const deny = voteButtons(approval).filter(({ action }) => action === ACTIONS.deny);
  return via === 'button' ? [takeBack, ...deny] : deny;
}

/** The buttons of every copy of a waiting approval. */
function voteButtons({ id, likeness, ...approval }: Pick<Approval, 'id' | 'title' | 'likeness'>): ButtonWish[] {
  const title = nameOf(approval);
  return [
    { action: ACTIONS.approve, label: 'Approve', says: `Approve ${title}`, value: id, style: 'primary' },
    {
      action: ACTIONS.approveWithNote,
      label: 'Approve with a note…',
      says: `Approve ${title}, with a note`,
      value: id,
    },
    ...(likeness === null
      ? []
      : [
          {
            action: ACTIONS.approveSimilar,
            label: 'Approve similar for 24 h…',
            says: `Approve ${title}, and similar ones for 24 hours`,
            value: id,
          },
        ]),
    { action: ACTIONS.deny, label: 'Deny…', says: `Deny ${title}, with a reason`, value: id, style: 'danger' },
  ];
}

function settled(approval: Approval): KnownBlock[] {
  const notes = approval.votes.filter(
    ({ choice, reason, onBehalfOf, via }) =>
      choice === 'yes' && (reason !== null || onBehalfOf !== null || via === 'standing'),
  );
  // With several people, each one's note stands beside their name.
  const own = approval.state === 'approved' ? notes : [];
  return [
    section(outcomeOf(own.length > 0 ? { ...approval, decidedReason: null } : approval)),
    ...(own.length > 0 ? [context(`✅ ${own.map(voterWords).join(' · ')}`)] : []),
  ];
}

function outcomeOf({ state, decidedBy, decidedReason, decidedAt }: Approval): string {
  if (state === 'waiting') return '';
  const { icon, words } = OUTCOMES[state];
  const by = decidedBy.length === 0 ? '' : ` by ${mentions(decidedBy)}`;
  const at = decidedAt === null ? '' : ` · ${dateWords(decidedAt)}`;
  const quoted = state === 'cancelled' ? escape(decidedReason ?? '', 1000) : `“${escape(decidedReason ?? '', 1000)}”`;
  const reason = decidedReason === null || decidedReason === '' ? '' : `\n${quoted}`;
  return `${icon} *${words}*${by}${at}${reason}`;
}

/** What can be read aloud and compared. */
function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, DIGEST_SHOWN);
}
