import type { KnownBlock, ModalView } from '@slack/web-api';
import { secretParameters, TypedForm } from '../../catalog/index.js';
import type { Preview } from '../../requests/index.js';
import type { JsonObject } from '../../shared/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import { wayOutBlocks } from '../queue/queue.view.js';
import { type ButtonWish, buttons, context, header, lines, section } from '../text/blocks.js';
import { GIVEN } from '../text/given.js';
import { code, escape, hoursWords, plain, withMentions } from '../text/mrkdwn.js';
import { changeLines, decisionLines } from './plan-lines.js';
import { takesLines } from './takes-lines.js';

interface PlanSurroundings {
  readonly notice?: string;
  readonly personId?: string;
  readonly teamTitle?: string;
  /** More ways on than back and forth. */
  readonly exits?: readonly ButtonWish[];
}

/** What would happen, who decides, and for how long: before anything is sent. */
export function planModal(
  { item, plan }: Pick<Preview, 'item' | 'plan'>,
  draftId: string,
  { notice, personId, teamTitle, exits = [] }: PlanSurroundings = {},
): ModalView {
  const { decision, changes } = plan;
  const takes = takesLines(plan);
  const isImpossible = changes.some((change) => change.kind === 'cannot');
  const isRefused = decision.outcome === 'deny';
  const maySend = !isRefused && !isImpossible;
  const waysOn = [...wayOutBlocks(plan, draftId, personId), ...buttons('plan_actions', [backTo(draftId), ...exits])];
  return {
    type: 'modal',
    callback_id: CALLBACKS.requestPlan,
    private_metadata: JSON.stringify({ draft: draftId }),
    title: plain('The plan', 24),
    ...(maySend && { submit: plain('Send request', 24) }),
    close: plain('Cancel', 24),
    blocks: [
      ...(notice === undefined ? [] : [section(`⚠️ ${escape(notice, 1500)}`)]),
      section(
        `*${escape(item.title)}* for *${escape(teamTitle ?? plan.teamId, 100)}* in *${escape(plan.environment, 100)}*, for ${hoursWords(plan.leaseHours)}`,
      ),
      ...givenLines(item, plan.parameters),
      ...(isRefused ? [...decisionBlocks(decision), ...waysOn] : []),
      ...(isRefused && changes.length === 0
        ? []
        : [header(isRefused ? 'What would have happened' : 'What will happen'), section(changeLines(changes))]),
      ...(isImpossible
        ? [section('⛔ This can’t be made as it is. Go back and change it; nothing was requested.')]
        : []),
      ...groundLines(plan),
      ...(takes === null ? [] : [header('What it takes and costs'), section(takes)]),
      ...(isRefused ? [] : [...decisionBlocks(decision), ...waysOn]),
    ],
  };
}

/** Above all else when it refuses: nobody should have to look for that. */
function decisionBlocks(decision: Preview['plan']['decision']): KnownBlock[] {
  const isRefused = decision.outcome === 'deny';
  return [
    ...(isRefused ? [section(`*${verdictOf(decision)}*`)] : []),
    header('Who decides'),
    section(decisionLines(decision)),
    ...(isRefused ? [] : [context(verdictOf(decision))]),
  ];
}

/** Secrets are only said to be there. */
function givenLines(item: Preview['item'], parameters: JsonObject): KnownBlock[] {
  const typed = TypedForm.of(parameters);
  const given = secretParameters(item).filter(({ path }) => typed.given(path) !== undefined);
  return given.length === 0
    ? []
    : [section(given.map(({ label }) => `🔒 *${escape(label, 150)}:* ${GIVEN}`).join('\n'))];
}

/** Neither goes without the other from then on. */
function groundLines({ standsOn }: Preview['plan']): KnownBlock[] {
  if (standsOn.length === 0) return [];
  const titles = lines(
    standsOn.map(({ title, id }) => `*${escape(title, 150)}* ${code(id)}`),
    'more',
    1500,
  );
  return [
    section(`🔗 It will stand on ${titles}`),
    context('That one is not destroyed while this one lives, unless both are.'),
  ];
}

function verdictOf(decision: Preview['plan']['decision']): string {
  if (decision.outcome === 'allow') return '✅ It is made as soon as you send it.';
  if (decision.outcome === 'deny') return '⛔ It is refused; nothing was requested.';
  return `Nothing is made before it is approved by ${escape(decision.approval?.describe ?? 'somebody')}.`;
}

function backTo(draftId: string): ButtonWish {
  const says = 'Back to the form; what you typed is kept';
  return { action: ACTIONS.backToForm, label: '← Back to the form', says, value: draftId };
}

/** While the plan is computed. */
export function workingModal(): ModalView {
  return {
    type: 'modal',
    callback_id: 'working',
    title: plain('The plan', 24),
    close: plain('Cancel', 24),
    blocks: [section('⏳ Working out what would happen…')],
  };
}

/** When there is nothing to go back to. */
export function sorryModal(sentence: string, draftId?: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'sorry',
    title: plain('That did not work', 24),
    close: plain('Close', 24),
    blocks: [
      section(withMentions(escape(sentence, 2500))),
      ...(draftId === undefined ? [] : buttons('plan_actions', [backTo(draftId)])),
    ],
  };
}
