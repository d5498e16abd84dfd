import type { KnownBlock } from '@slack/web-api';
import type { Approval, ApprovalState } from '../../approvals/index.js';
import type { Json } from '../../shared/index.js';
import { ACTIONS } from '../action-ids.js';
import { changeLines } from '../request/plan-lines.js';
import { takesLines } from '../request/takes-lines.js';
import { buttons, context, fields, fitting, header, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, mentions } from '../text/mrkdwn.js';
import type { CardMessage } from './card-source.js';
import type { RequestState } from './request-state.js';

export interface ApprovalView {
  readonly approval: Approval;
  /** Who may vote, as far as they were found just now. */
  readonly eligible: readonly string[];
  /** What it is about, if it is a request. */
  readonly about: RequestState | null;
}

const MOST_MENTIONED = 10;
const OUTCOMES: Readonly<Record<Exclude<ApprovalState, 'waiting'>, { icon: string; words: string }>> = {
  approved: { icon: '✅', words: 'Approved' },
  denied: { icon: '⛔', words: 'Denied' },
  expired: { icon: '⌛', words: 'Expired: not enough votes in time' },
  cancelled: { icon: '🚫', words: 'Withdrawn' },
};

/** Asks those who may vote, on the one message that their reactions are counted from. */
export function approvalCard(view: ApprovalView): CardMessage {
  const { approval } = view;
  const { state } = approval;
  const isWaiting = state === 'waiting';
  const head = isWaiting ? '🗳️ Approval wanted' : `${OUTCOMES[state].icon} ${OUTCOMES[state].words}`;
  return {
    text: `${isWaiting ? 'Approval wanted' : OUTCOMES[state].words}: ${escape(approval.title, 200)}, asked by ${mention(approval.requesterId)}`,
    blocks: fitting([
      header(`${head}: ${approval.title}`),
      factsOf(view),
      ...aboutOf(view),
      ...(isWaiting ? waiting(view) : [section(outcomeOf(approval))]),
      context(`${code(approval.id)} · about ${code(approval.subject.id)} · trace ${code(approval.traceId)}`),
    ]),
  };
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

function aboutOf({ about }: ApprovalView): KnownBlock[] {
  if (about === null) return [];
  const { request, itemTitle } = about;
  const takes = takesLines(request.plan);
  const given = Object.entries(request.parameters).map(
    ([name, value]) => `• ${escape(name, 80)}: ${code(shown(value))}`,
  );
  return [
    ...(request.reason === '' ? [] : [section(`*Why*\n${escape(request.reason, 1000)}`)]),
    section(`*${escape(itemTitle)}*\n${given.join('\n')}`),
    section(`*What will happen*\n${changeLines(request.plan.changes)}`),
    ...(takes === null ? [] : [section(`*What it takes and costs*\n${takes}`)]),
  ];
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function waiting({ approval, eligible }: ApprovalView): KnownBlock[] {
  const [first] = eligible;
  const more = eligible.length > MOST_MENTIONED ? ` and ${eligible.length - MOST_MENTIONED} more` : '';
  const who =
    first === undefined
      ? '⚠️ Nobody was found who may approve this. Ask a platform engineer to look at access.yaml.'
      : `${mentions(eligible.slice(0, MOST_MENTIONED))}${more} may decide. React with ✅ or ❌ on this message, or press a button. Only their votes count.`;
  return [
    section(who),
    ...votesOf(approval),
    ...buttons('approval_actions', [
      {
        action: ACTIONS.approve,
        label: 'Approve',
        says: `Approve ${approval.title}`,
        value: approval.id,
        style: 'primary',
      },
      {
        action: ACTIONS.deny,
        label: 'Deny…',
        says: `Deny ${approval.title}, with a reason`,
        value: approval.id,
        style: 'danger',
      },
    ]),
  ];
}

function votesOf({ votes, need }: Approval): KnownBlock[] {
  const yes = votes.filter((vote) => vote.choice === 'yes').map((vote) => vote.personId);
  return yes.length === 0 ? [] : [context(`${yes.length} of ${need.count} approved: ${mentions(yes)}`)];
}

function outcomeOf({ state, decidedBy, decidedReason, decidedAt }: Approval): string {
  if (state === 'waiting') return '';
  const { icon, words } = OUTCOMES[state];
  const by = decidedBy.length === 0 ? '' : ` by ${mentions(decidedBy)}`;
  const at = decidedAt === null ? '' : ` on ${dateWords(decidedAt)}`;
  const reason = decidedReason === null || decidedReason === '' ? '' : `\n“${escape(decidedReason, 1000)}”`;
  return `${icon} *${words}*${by}${at}${reason}`;
}
