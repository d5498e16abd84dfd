import type { Button, KnownBlock } from '@slack/web-api';
import type { IncidentView, Playbook, PlaybookStep, PlaybookStepState } from '../../incidents/index.js';
import type { CardMessage } from '../cards/card-source.js';
import { escape, mention, plain, withMentions } from '../text/mrkdwn.js';
import { progressWords } from './incident-words.js';

export const PLAYBOOK_ACTIONS = {
  run: 'playbook_step_run',
  done: 'playbook_step_done',
  skip: 'playbook_step_skip',
  rollBack: 'playbook_step_rollback',
  choose: 'playbook_choose',
} as const;

const MAX_BLOCKS = 50;
const MAX_INSTRUCTIONS = 1200;

const STATES: Readonly<Record<PlaybookStepState, { icon: string; words: string }>> = {
  waiting: { icon: '▫️', words: '' },
  'awaiting-approval': { icon: '⏳', words: 'waits for approval' },
  running: { icon: '🔄', words: 'running' },
  done: { icon: '✅', words: 'done' },
  failed: { icon: '❌', words: 'failed' },
  skipped: { icon: '⏭️', words: 'skipped' },
  'rolling-back': { icon: '↩️', words: 'rolling back' },
  'rolled-back': { icon: '↩️', words: 'rolled back' },
  'rollback-failed': { icon: '⚠️', words: 'could not be rolled back' },
};
const KINDS: Readonly<Record<PlaybookStep['kind'], string>> = {
  manual: 'check by hand',
  diagnostic: 'looks, changes nothing',
  automated: 'acts',
};

/** One playbook: each step with its state and the buttons that make sense now. Set aside, only what can be taken back has one. */
export function playbookCard(view: IncidentView, playbook: Playbook): CardMessage {
  const { title, summary } = playbook.runbook;
  const isOver = view.incident.state === 'resolved' || playbook.state === 'set-aside';
  const aside = playbook.state === 'set-aside' ? ' · _set aside for another runbook_' : '';
  const head: KnownBlock[] = [
    { type: 'header', text: plain(`Playbook: ${title}`, 150) },
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: `${escape(summary, 600)}\n*${progressWords(playbook)}*${aside}` }],
    },
  ];
  const foot = isOver ? [] : choiceOf(view);
  const spare = MAX_BLOCKS - head.length - foot.length - playbook.steps.length;
  return {
    text: `Playbook: ${escape(title, 150)}, ${progressWords(playbook)}`,
    blocks: [...head, ...stepBlocks(playbook.steps, isOver, spare), ...foot],
  };
}

/** Thirty steps leave no block for every second button: as many as fit have theirs, those that come first. */
function stepBlocks(steps: readonly PlaybookStep[], isOver: boolean, spare: number): KnownBlock[] {
  let left = spare;
  return steps.flatMap((step, index): KnownBlock[] => {
    const [first, ...more] = buttonsOf(step, isOver);
    const section = sectionOf(step, index, first);
    if (more.length === 0 || left <= 0) return [section];
    left -= 1;
    return [section, { type: 'actions', block_id: `more:${step.name}`, elements: more }];
  });
}

function sectionOf(step: PlaybookStep, index: number, button: Button | undefined): KnownBlock {
  const { icon, words } = STATES[step.state];
  const by = step.changedBy === null || words === '' ? '' : ` · ${mention(step.changedBy)}`;
  const state = words === '' ? KINDS[step.kind] : `${words}${by}`;
  const lines = [`${icon} *${index + 1}. ${escape(step.title, 200)}* · _${state}_`];
  const isOpen = step.state !== 'done' && step.state !== 'skipped' && step.state !== 'rolled-back';
  if (isOpen && step.instructions !== null) lines.push(escape(step.instructions, MAX_INSTRUCTIONS));
  if (step.note !== null) lines.push(`> ${noteWords(step.note)}`);
  return {
    type: 'section',
    block_id: `step:${step.name}`,
    text: { type: 'mrkdwn', text: lines.join('\n') },
    ...(button !== undefined && { accessory: button }),
  };
}

/** Notes name people as `<@U…>`; everything else in them is escaped. */
function noteWords(note: string): string {
  return withMentions(escape(note.replaceAll(/\s+/g, ' '), 500));
}

function buttonsOf(step: PlaybookStep, isOver: boolean): Button[] {
  const button = (action: keyof typeof PLAYBOOK_ACTIONS, label: string): Button => ({
    type: 'button',
    action_id: PLAYBOOK_ACTIONS[action],
    value: `${step.playbookId}/${step.name}/${step.attempt}`,
    text: plain(label, 75),
    accessibility_label: plain(`${label}: ${step.title}`, 75).text,
  });
  const rollBack: Button[] = step.reversible
    ? [
        {
          ...button('rollBack', 'Roll back'),
          style: 'danger',
          confirm: confirmation(`Take back what “${step.title}” did?`, 'Roll back'),
        },
      ]
    : [];
  if (step.state === 'done' || step.state === 'rollback-failed') {
    const canRepeat = step.state === 'done' && step.kind !== 'manual' && !step.reversible && !isOver;
    return canRepeat ? [button('run', 'Run again')] : rollBack;
  }
  if (isOver || step.state === 'running' || step.state === 'awaiting-approval' || step.state === 'rolling-back')
    return [];
  const first: Button =
    step.kind === 'manual'
      ? button('done', 'Mark done')
      : runButton(step, button('run', step.attempt === 0 ? 'Run' : 'Run again'));
  return step.state === 'waiting' || step.state === 'failed'
    ? [{ ...first, style: 'primary' }, button('skip', 'Skip')]
    : [first];
}

function runButton(step: PlaybookStep, button: Button): Button {
  return step.kind === 'automated'
    ? { ...button, confirm: confirmation(`Run “${step.title}”? It acts on the affected resource.`, 'Run it') }
    : button;
}

function confirmation(question: string, yes: string): NonNullable<Button['confirm']> {
  return {
    title: plain('Are you sure?', 100),
    text: plain(question, 300),
    confirm: plain(yes, 30),
    deny: plain('Not now', 30),
  };
}

function choiceOf({ incident, alternatives }: IncidentView): KnownBlock[] {
  if (alternatives.length === 0) return [];
  return [
    {
      type: 'section',
      block_id: 'playbook_choice',
      text: { type: 'mrkdwn', text: 'Does another playbook fit better? What was done in this one is kept.' },
      accessory: {
        type: 'static_select',
        action_id: PLAYBOOK_ACTIONS.choose,
        placeholder: plain('Choose a playbook', 75),
        options: alternatives
          .slice(0, 100)
          .map(({ name, title }) => ({ text: plain(title, 75), value: `${incident.id}/${name}` })),
      },
    },
  ];
}
