import type { ModalView, PlainTextOption } from '@slack/web-api';
import type { Exception } from '../../exceptions/index.js';
import type { DecisionReason, IncidentFact } from '../../policy/index.js';
import { ACTIONS, CALLBACKS } from '../action-ids.js';
import type { Words } from '../slack-feature.js';
import { buttons, context, fitting, section } from '../text/blocks.js';
import { code, dateWords, escape, mention, plain } from '../text/mrkdwn.js';

export const EXCEPTION_FORM = {
  rule: { block: 'rule', action: 'value' },
  hours: { block: 'hours', action: 'value' },
  incident: { block: 'incident', action: 'value' },
  reason: { block: 'reason', action: 'value' },
} as const;

const DURATIONS = [
  [24, 'A day'],
  [72, 'Three days'],
  [168, 'A week'],
  [336, 'Two weeks'],
  [720, 'Thirty days'],
] as const;

/** `waivable` are the rules that stand in the way. */
export function askExceptionModal(draftId: string, waivable: readonly DecisionReason[]): ModalView {
  const rules = waivable.slice(0, 100).map(({ rule, content }) => option(rule, content?.title ?? rule));
  return {
    type: 'modal',
    callback_id: CALLBACKS.askException,
    private_metadata: JSON.stringify({ draft: draftId }),
    title: plain('Ask for an exception', 24),
    submit: plain('Ask', 24),
    close: plain('Back', 24),
    blocks: [
      section(
        'The owners of the rule decide. An exception holds for this item, team and environment, and ends by itself.',
      ),
      select(EXCEPTION_FORM.rule, 'From which rule?', rules, rules[0]),
      select(
        EXCEPTION_FORM.hours,
        'For how long?',
        DURATIONS.map(([hours, words]) => option(String(hours), words)),
        option('24', 'A day'),
      ),
      reason('Why do you need it?', 'Whoever decides reads this.'),
    ],
  };
}

export function breakGlassModal(draftId: string, incidents: readonly IncidentFact[]): ModalView {
  const options = incidents.slice(0, 100).map(({ id, title }) => option(id, `${id} ${title}`));
  return {
    type: 'modal',
    callback_id: CALLBACKS.breakGlass,
    private_metadata: JSON.stringify({ draft: draftId }),
    title: plain('Break the glass', 24),
    submit: plain('Break the glass', 24),
    close: plain('Back', 24),
    blocks: [
      section(
        '🔨 For four hours you need no approval for this item, team and environment. *Everybody hears of it at once:* the incident, the team and the audit channel. What you request lives 8 hours at most, and a lead of the team reviews it.',
      ),
      select(EXCEPTION_FORM.incident, 'In which incident?', options, options[0]),
      reason('Why can’t it wait?', 'Whoever reviews it reads this.'),
    ],
  };
}

/** Laid over the plan when it was asked for. */
export function askedModal(sentence: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'exception_asked',
    title: plain('Exception', 24),
    close: plain('Back to the plan', 24),
    blocks: [section(escape(sentence, 1000))],
  };
}

const STATES: Readonly<Record<Exception['state'], string>> = {
  asked: '⏳ waits for its decision',
  active: '🎫 in force',
  denied: '⛔ denied',
  expired: '⌛ not answered',
  ended: '▪️ ended',
  revoked: '▪️ ended early',
};

/** `/qm exceptions`: each with who has it, from what, until when, and a way to end it. */
export function exceptionsWords(
  all: readonly { exception: Exception; mayRevoke: boolean }[],
  teamTitle: (teamId: string) => string,
): Words {
  if (all.length === 0) return { text: 'There are no exceptions in force or waiting that concern you.' };
  return {
    text: `${all.length === 1 ? 'One exception is' : `${all.length} exceptions are`} in force or waiting`,
    blocks: fitting(
      all.flatMap(({ exception, mayRevoke }) => [
        section(exceptionLine(exception, teamTitle(exception.teamId))),
        ...buttons(
          `exception_${exception.id}`,
          mayRevoke
            ? [
                {
                  action: ACTIONS.revokeException,
                  label: 'End it now',
                  says: `End the exception ${exception.id} now`,
                  value: exception.id,
                  style: 'danger',
                },
              ]
            : [],
        ),
      ]),
    ),
  };
}

function exceptionLine(exception: Exception, teamTitle: string): string {
  const { id, kind, ruleTitle, personId, itemName, environment, endsAt, review, reason, state } = exception;
  const what = kind === 'rule' ? `from *${escape(ruleTitle, 200)}*` : '*by breaking the glass*';
  const until = state === 'active' && endsAt !== null ? `, until ${dateWords(endsAt)}` : '';
  const open = review === 'open' ? ' · 👀 waits for its review' : '';
  const place = `${code(itemName)} for ${escape(teamTitle, 100)} in ${code(environment)}`;
  return `${STATES[state]}${until}${open}\n${mention(personId)} ${what}: ${place} ${code(id)}\n_${escape(reason, 300)}_`;
}

export function revokedWords({ id }: Exception): Words {
  const text = `The exception ${id} has ended. What was made with it stays; the rule counts again.`;
  return { text, blocks: [context(`▪️ ${escape(text)}`)] };
}

function option(value: string, text: string): PlainTextOption {
  return { value, text: plain(text, 75) };
}

function select(
  { block, action }: { block: string; action: string },
  label: string,
  options: readonly PlainTextOption[],
  initial: PlainTextOption | undefined,
): ModalView['blocks'][number] {
  return {
    type: 'input',
    block_id: block,
    label: plain(label, 100),
    element: {
      type: 'static_select',
      action_id: action,
      options: [...options],
      ...(initial !== undefined && { initial_option: initial }),
    },
  };
}

function reason(label: string, hint: string): ModalView['blocks'][number] {
  return {
    type: 'input',
    block_id: EXCEPTION_FORM.reason.block,
    label: plain(label, 100),
    hint: plain(hint, 150),
    element: {
      type: 'plain_text_input',
      action_id: EXCEPTION_FORM.reason.action,
      multiline: true,
      min_length: 5,
      max_length: 500,
    },
  };
}
