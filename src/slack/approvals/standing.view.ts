import type { KnownBlock, ModalView } from '@slack/web-api';
import type { Approval, StandingApproval } from '../../approvals/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, fitting, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain } from '../text/mrkdwn.js';
import { REASON } from './vote-modals.view.js';

export const SIMILAR = { whom: 'whom', count: 'count', varying: 'varying', value: 'value' } as const;
/** Slack's checkboxes take ten. */
const MOST_TEXTS = 10;
const LISTED = 10;

/** Approves this one, and says within which bounds similar ones are approved for a day. */
export function similarModal(approval: Approval): ModalView {
  const { title, requesterId, likeness } = approval;
  return {
    type: 'modal',
    callback_id: CALLBACKS.approveSimilar,
    private_metadata: JSON.stringify({ approval: approval.id }),
    title: plain('Approve similar', 24),
    submit: plain('Approve', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `You approve *${escape(title, 300)}*, asked by ${mention(requesterId)}, and for 24 hours what is similar: the same item in the same version, for the same team and environment, no longer, no dearer, no number larger, all else equal. What waits already and is similar goes through, too.`,
      ),
      whom(),
      {
        type: 'input',
        block_id: SIMILAR.count,
        label: plain('How many at most?', 100),
        element: {
          type: 'number_input',
          action_id: SIMILAR.value,
          is_decimal_allowed: false,
          min_value: '1',
          max_value: '20',
          initial_value: '5',
        },
      },
      ...varying(likeness?.freeText ?? []),
      {
        type: 'input',
        block_id: REASON.block,
        optional: true,
        label: plain('Why?', 100),
        element: { type: 'plain_text_input', action_id: REASON.action, multiline: true, max_length: 500 },
      },
      context('You are told of each use. It is on the trail, and you can revoke it at any time.'),
    ],
  };
}

function whom(): KnownBlock {
  const same = { text: plain('Only who asked for this one', 75), value: 'same' };
  const team = { text: plain('Anybody who asks for the same team', 75), value: 'team' };
  return {
    type: 'input',
    block_id: SIMILAR.whom,
    label: plain('For whose requests?', 100),
    element: { type: 'radio_buttons', action_id: SIMILAR.value, options: [same, team], initial_option: same },
  };
}

function varying(freeText: readonly string[]): KnownBlock[] {
  if (freeText.length === 0) return [];
  const options = freeText.slice(0, MOST_TEXTS).map((name) => ({ text: plain(name, 75), value: name.slice(0, 75) }));
  const named = options.filter(({ value }) => value === 'name');
  return [
    {
      type: 'input',
      block_id: SIMILAR.varying,
      optional: true,
      label: plain('Which texts may differ?', 100),
      hint: plain('Every other one must be the same as here.', 100),
      element: {
        type: 'checkboxes',
        action_id: SIMILAR.value,
        options,
        ...(named.length > 0 && { initial_options: named }),
      },
    },
  ];
}

/** What waits for a person, and what they approve beforehand. */
export function approvalsWords(
  waiting: readonly Approval[],
  standing: readonly StandingApproval[],
  titleOf: (teamId: string) => string,
): Words {
  const text = `${waiting.length === 0 ? 'Nothing waits' : `${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'}`} for your vote; ${standing.length} standing approval${standing.length === 1 ? '' : 's'} in force.`;
  return {
    text,
    blocks: fitting([
      section(
        `*Waits for your vote*\n${waiting.length === 0 ? 'Nothing. 🎉' : waiting.slice(0, LISTED).map(waitingLine).join('\n')}`,
      ),
      ...(waiting.length > LISTED ? [context(`_${waiting.length - LISTED} more, in the Home tab._`)] : []),
      section(`*Approved beforehand*${standing.length === 0 ? '\nNothing.' : ''}`),
      ...standing.flatMap((one) => standingBlocks(one, titleOf)),
    ]),
  };
}

function waitingLine({ id, title, requesterId, expiresAt }: Approval): string {
  return `• ${escape(title, 200)}, asked by ${mention(requesterId)}, until ${dateWords(expiresAt)} ${code(id)}`;
}

function standingBlocks(standing: StandingApproval, titleOf: (teamId: string) => string): KnownBlock[] {
  const { id, likeness, grantedBy, requesterId, used, maxCount, expiresAt, varying: texts, approvalId } = standing;
  const who = requesterId === null ? 'anybody' : mention(requesterId);
  const differ = texts.length === 0 ? '' : `, whatever its ${texts.map((name) => code(name, 40)).join(', ')}`;
  return [
    section(
      `🔁 ${code(likeness.itemName)} for ${escape(titleOf(likeness.teamId), 100)} in ${escape(likeness.environment, 60)}, asked by ${who}${differ}\ngiven by ${mention(grantedBy)} with ${code(approvalId)} · ${used} of ${maxCount} used · until ${dateWords(expiresAt)}`,
    ),
    ...buttons(`standing_${id}`, [
      {
        action: ACTIONS.revokeStanding,
        label: 'Revoke',
        says: `Revoke the standing approval of ${likeness.itemName}`,
        value: id,
        style: 'danger',
      },
    ]),
  ];
}
