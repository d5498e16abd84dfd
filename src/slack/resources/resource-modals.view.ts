import type { ModalView } from '@slack/web-api';
import type { Form, Operation } from '../../catalog/index.js';
import { type Drift, differenceWords, type OperationPreview } from '../../lifecycle/index.js';
import type { Resource } from '../../resources/index.js';
import type { JsonObject } from '../../shared/index.js';
import { CALLBACKS } from '../action-ids.js';
import { fieldBlocks } from '../request/form-fields.view.js';
import { changeLines, decisionLines } from '../request/plan-lines.js';
import { context, header, lines, section } from '../text/blocks.js';
import { code, escape, plain } from '../text/mrkdwn.js';
import { consumptionBlocks } from './consumption.view.js';

export const REASON = { block: 'reason', action: 'value' } as const;
export const UNTIL = { block: 'until', action: 'value' } as const;

/** Why what was found is right. */
export function acceptModal(resource: Resource, drift: Drift): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.acceptDrift,
    private_metadata: JSON.stringify({ resource: resource.id }),
    title: plain('Accept the change', 24),
    submit: plain('Accept', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`From now on this is how *${escape(resource.title, 200)}* should be:`),
      section(lines(drift.differences.map((one) => `✏️ ${escape(differenceWords(one), 300)}`))),
      {
        type: 'input',
        block_id: REASON.block,
        label: plain('Why is it right so?', 100),
        hint: plain('Whoever looks at it next year reads this.', 200),
        element: { type: 'plain_text_input', action_id: REASON.action, multiline: true, max_length: 500 },
      },
    ],
  };
}

/** Until when nobody wants to hear of it. */
export function ignoreModal(resource: Resource, initialDate: string): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACKS.ignoreDrift,
    private_metadata: JSON.stringify({ resource: resource.id }),
    title: plain('Ignore for a while', 24),
    submit: plain('Ignore', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`The differences of *${escape(resource.title, 200)}* stay as they are. Other ones are told.`),
      {
        type: 'input',
        block_id: UNTIL.block,
        label: plain('Until', 100),
        element: { type: 'datepicker', action_id: UNTIL.action, initial_date: initialDate },
      },
    ],
  };
}

/** What an operation has to be told. */
export function operationForm(resource: Resource, operation: Operation, form: Form): ModalView {
  const around = { titles: new Map<string, string>(), problems: new Map<string, string>() };
  return {
    type: 'modal',
    callback_id: CALLBACKS.operationForm,
    private_metadata: JSON.stringify({ resource: resource.id, name: operation.name }),
    title: plain(operation.title, 24),
    submit: plain('Show the plan', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`*${escape(resource.title, 200)}*\n${escape(operation.summary, 600)}`),
      ...form.pages.flatMap(({ fields }) => fields.flatMap((field) => fieldBlocks(field, around))),
      {
        type: 'input',
        block_id: REASON.block,
        optional: true,
        label: plain('Why?', 100),
        hint: plain('Whoever approves it reads this. Never write credentials here.', 200),
        element: { type: 'plain_text_input', action_id: REASON.action, multiline: true, max_length: 500 },
      },
    ],
  };
}

/** What would happen and who decides, before anything is done. */
export function operationPlan(preview: OperationPreview, reason: string): ModalView {
  const { resource, operation, parameters, plan, decision, consumption } = preview;
  const isImpossible = plan.changes.some(({ kind }) => kind === 'cannot');
  const mayDo = decision.outcome !== 'deny' && !isImpossible;
  const carried: JsonObject = { resource: resource.id, name: operation.name, parameters, reason, digest: plan.digest };
  return {
    type: 'modal',
    callback_id: CALLBACKS.operationPlan,
    private_metadata: JSON.stringify(carried),
    title: plain('The plan', 24),
    ...(mayDo && { submit: plain(decision.outcome === 'allow' ? 'Do it' : 'Ask for it', 24) }),
    close: plain('Cancel', 24),
    blocks: [
      section(
        `*${escape(operation.title)}* on *${escape(resource.title, 200)}* (${code(resource.environment)})\n${escape(operation.summary, 600)}`,
      ),
      header('What will happen'),
      section(changeLines(plan.changes)),
      ...(isImpossible ? [section('⛔ This can’t be done as it is; nothing was changed.')] : []),
      ...consumptionBlocks(consumption),
      header('Who decides'),
      section(decisionLines(decision)),
      context(verdictOf(preview)),
    ],
  };
}

function verdictOf({ decision }: OperationPreview): string {
  if (decision.outcome === 'allow') return '✅ It is done as soon as you send it.';
  if (decision.outcome === 'deny') return '⛔ It is refused; nothing was changed.';
  return `⏳ It is done once approved: wanted is ${escape(decision.approval?.describe ?? 'an approval')}.`;
}
